//! The observation: what the backend shows, what was measured and what the controller remembers, as one value.

use crate::controller::Controller;
use crate::memory::{HISTORY_LENGTH, HISTORY_SPAN};
use crate::observation::{Attribute, Observation, PastAction, Series};
use crate::seed::seed;
use crate::status::{PlacementScope, RemovalScope, TargetStatus};

impl Controller {
    /// What the policies of this tick may look at. Counts as an evaluation: call it once a tick, after
    /// [`Controller::see`].
    pub fn observation(&self, status: &TargetStatus, series: Vec<Series>, due: bool) -> Observation {
        let tick = self.memory.tick + 1;
        Observation {
            tick,
            now: self.memory.now,
            due,
            interval: self.spec.interval,
            seed: seed(&self.spec.name, tick),
            target: self.spec.name.clone(),
            bounds: self.spec.bounds,
            requirements: self.spec.requirements.clone(),
            desired: self.memory.desired.unwrap_or(0),
            replicas: status.replicas.clone(),
            agents: status.agents.clone(),
            series,
            history: self.history(status),
            attributes: self.attributes(status),
        }
    }

    fn history(&self, status: &TargetStatus) -> Vec<PastAction> {
        let young = self.memory.past.iter().map(|past| past.entry);
        let young: Vec<PastAction> = young.filter(|entry| self.memory.now.since(entry.at) <= HISTORY_SPAN).collect();
        let pending = self.memory.pending.iter().map(|intent| intent.pending_entry(status));
        let surplus = (young.len() + self.memory.pending.len()).saturating_sub(HISTORY_LENGTH).min(young.len());
        let mut history: Vec<PastAction> = young.into_iter().skip(surplus).chain(pending).collect();
        history.sort_by_key(|entry| entry.at);
        history
    }

    fn attributes(&self, status: &TargetStatus) -> Vec<Attribute> {
        let removal = match status.removal {
            RemovalScope::Replica => "replica",
            RemovalScope::Agent => "agent",
            RemovalScope::Any => "any",
        };
        let placement = match status.placement {
            PlacementScope::Agent => "agent",
            PlacementScope::Any => "any",
        };
        let mut all =
            vec![Attribute::text("backend.removal", removal), Attribute::text("backend.placement", placement)];
        all.extend(self.spec.labels.iter().map(|(name, value)| Attribute::text(format!("label.{name}"), value)));
        all.extend(self.memory.measured.attributes());
        all.extend(status.attributes.iter().cloned());
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all.dedup_by(|a, b| a.key == b.key);
        all
    }
}

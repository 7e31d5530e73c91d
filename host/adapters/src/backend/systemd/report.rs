//! What the supervisor shows: the roster beside what systemd shows of it. Pure.

use std::collections::BTreeMap;

use scaling_core::observation::{Attribute, Replica, ReplicaState, Scalar, Usage};
use scaling_core::recall::RECALLABLE;
use scaling_core::units::Timestamp;

use super::bus::{Active, Load, Sight, UnitState};
use super::config::{Numbering, SystemdConfig};
use super::drift::drift;
use super::look::Remembered;
use super::plan::{is_gone, is_overdue};
use super::roster::{Entry, Roster};
use super::template::Instance;

/// All replicas as the supervisor shows them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Why they can't be seen now.
    pub lost: Option<String>,
    /// By instance. What they use and have in hand is added by whoever observes.
    pub replicas: BTreeMap<Instance, Replica>,
    /// What is not as it should be and is left alone, by unit.
    pub drift: BTreeMap<String, String>,
    /// The template is there.
    pub installed: bool,
    /// The last order that was taken.
    pub generation: Option<u64>,
}

impl View {
    /// systemd can't be seen; the rest is as it was.
    pub fn blind(sight: &Sight, before: &Self) -> Self {
        let lost = match &sight.lost {
            Some(why) => why.clone(),
            None if sight.shutting_down => "the machine of this systemd is going down".to_owned(),
            None if sight.reloading => "systemd is reading its unit files anew".to_owned(),
            None => "systemd was not seen yet".to_owned(),
        };
        Self { lost: Some(lost), ..before.clone() }
    }

    /// Whether the host should look again. How often and in which words systemd restarts a unit is no reason to.
    pub fn differs(&self, other: &Self) -> bool {
        let Self { lost, replicas, drift, installed, generation } = self;
        (lost, drift, installed, generation) != (&other.lost, &other.drift, &other.installed, &other.generation)
            || !replicas.values().map(told_of).eq(other.replicas.values().map(told_of))
    }
}

/// What of a replica is a reason to look again.
fn told_of(replica: &Replica) -> impl PartialEq + '_ {
    let is_noise = |attribute: &Attribute| ["unit.restarts", "unit.sub"].contains(&attribute.key.as_str());
    let attributes: Vec<&Attribute> = replica.attributes.iter().filter(|attribute| !is_noise(attribute)).collect();
    (&replica.id, replica.state, replica.started, replica.since, attributes)
}

/// What is shown.
pub struct Shown<'a> {
    /// How the target is set up.
    pub config: &'a SystemdConfig,
    /// What is wanted.
    pub roster: &'a Roster,
    /// What is.
    pub sight: &'a Sight,
}

impl Shown<'_> {
    /// As of now; whoever was in the same state `before` is so since then.
    pub fn view(
        &self,
        remembered: &Remembered,
        setbacks: &BTreeMap<Instance, String>,
        now: Timestamp,
        before: &View,
    ) -> View {
        let there = self.roster.entries.iter().filter(|entry| entry.stays() || !is_gone(self.unit(entry)));
        let replicas = there.map(|entry| {
            let instance = entry.instance.clone();
            let error = setbacks.get(&instance).or_else(|| remembered.health.get(&instance)?.error.as_ref());
            let replica = self.replica(entry, error, now, before.replicas.get(&instance));
            (instance, replica)
        });
        View {
            lost: None,
            replicas: replicas.collect(),
            drift: drift(self.config, self.roster, self.sight),
            installed: self.sight.installed,
            generation: self.roster.last_order.as_ref().map(|order| order.generation),
        }
    }

    fn unit(&self, entry: &Entry) -> Option<&UnitState> {
        self.sight.units.get(&entry.instance)
    }

    fn replica(&self, entry: &Entry, error: Option<&String>, now: Timestamp, before: Option<&Replica>) -> Replica {
        let unit = self.unit(entry);
        let state = state(entry, unit, error.is_some());
        let since = match (entry.leaving_since(), before) {
            (Some(since), _) => since,
            (None, Some(before)) if before.state == state => before.since,
            (None, _) => unit.and_then(|unit| unit.since).unwrap_or(now),
        };
        Replica {
            id: self.config.template.replica(&entry.instance),
            agent: None,
            state,
            started: unit.filter(|unit| !is_gone(Some(unit))).and_then(|unit| unit.started),
            since,
            usage: Usage::default(),
            attributes: self.attributes(entry, unit, error, now),
        }
    }

    /// With numbers 1 to N the next to come are the lowest: one beyond all that are there comes back for none.
    fn can_come_back(&self, instance: &Instance) -> bool {
        let most = u32::try_from(self.roster.entries.len()).unwrap_or(u32::MAX);
        self.config.numbering == Numbering::Any || instance.place().is_some_and(|place| place <= most)
    }

    /// Sorted by key.
    fn attributes(
        &self,
        entry: &Entry,
        unit: Option<&UnitState>,
        error: Option<&String>,
        now: Timestamp,
    ) -> Vec<Attribute> {
        let flag = |key: &str| Attribute { key: key.to_owned(), value: Scalar::Flag(true) };
        let mut all = Vec::new();
        if !entry.stays() {
            if self.can_come_back(&entry.instance) {
                all.push(flag(RECALLABLE));
            }
            if is_overdue(entry, &self.config.drain, now) {
                all.push(flag("drain.overdue"));
            }
        }
        all.extend(error.map(|error| Attribute::text("error", error)));
        if self.config.numbering == Numbering::Contiguous {
            all.push(Attribute::int("removal.rank", removal_rank(&entry.instance)));
        }
        if let Some(unit) = unit {
            all.extend((unit.result != "success").then(|| Attribute::text("unit.result", &unit.result)));
            all.extend((unit.restarts > 0).then(|| Attribute::int("unit.restarts", unit.restarts.into())));
            all.push(Attribute::text("unit.sub", &unit.sub));
        }
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all
    }
}

/// The highest number goes first; one that has no place among 1, 2, 3 ... before all others.
fn removal_rank(instance: &Instance) -> i64 {
    instance.place().map_or(i64::from(i32::MIN) * 2, |place| -i64::from(place))
}

fn state(entry: &Entry, unit: Option<&UnitState>, has_failed: bool) -> ReplicaState {
    if !entry.stays() {
        return ReplicaState::Draining;
    }
    let Some(unit) = unit else { return if has_failed { ReplicaState::Failed } else { ReplicaState::Starting } };
    let cannot_start = matches!(unit.load, Load::Masked | Load::NotFound);
    match unit.active {
        Active::Active | Active::Reloading => ReplicaState::Ready,
        // It ended and systemd starts it again: it does not work now.
        Active::Activating if unit.sub == "auto-restart" => ReplicaState::Failed,
        Active::Inactive | Active::Failed if has_failed || cannot_start => ReplicaState::Failed,
        Active::Activating | Active::Deactivating | Active::Inactive | Active::Failed => ReplicaState::Starting,
        Active::Other => ReplicaState::Other,
    }
}

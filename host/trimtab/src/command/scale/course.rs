//! What has become of an order so far. Pure: it is told what was seen and what happened.

use std::collections::BTreeMap;

use scaling_core::reason::ReasonKind;
use scaling_core::status::NewsKind;
use scaling_core::units::Timestamp;
use serde_json::Value;

use super::fate::Fate;
use super::look::{Look, runs};
use super::unit::Unit;
use crate::news;

/// The order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// To which target.
    pub target: String,
    /// The size.
    pub replicas: u32,
    /// When it was given, by the daemon's clock: no other order was given then.
    pub at: Timestamp,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of it came about.
    Done,
    /// It is over, and parts of it did not work.
    PartFailed,
    /// Nothing will happen.
    Held(String),
    /// The host steers to another size than that of the order, or can't reach it for now.
    Short(String),
    /// Somebody gave another order.
    Replaced(String),
}

/// An order and what has become of it so far.
#[derive(Clone, Debug)]
pub struct Course {
    ordered: Ordered,
    /// By name; numbers in names count as numbers.
    units: BTreeMap<Name, Unit>,
    look: Look,
    refused: Option<String>,
    replaced: Option<String>,
}

/// The name of a replica. `w-10` comes after `w-9`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    stem: String,
    number: Option<u64>,
    whole: String,
}

impl From<&str> for Name {
    fn from(whole: &str) -> Self {
        let stem = whole.trim_end_matches(|c: char| c.is_ascii_digit());
        Self { stem: stem.to_owned(), number: whole[stem.len()..].parse().ok(), whole: whole.to_owned() }
    }
}

impl Course {
    /// Begins with the target as it was before the order.
    pub fn begin(ordered: Ordered, before: Look) -> Self {
        let known = before.replicas().map(|replica| {
            let last = Some(replica.clone());
            (Name::from(replica.id.as_str()), Unit { before: Some(replica.state), last, ..Unit::default() })
        });
        let units = known.collect();
        Self { ordered, units, look: before, refused: None, replaced: None }
    }

    /// The order.
    pub fn ordered(&self) -> &Ordered {
        &self.ordered
    }

    /// The last look.
    pub fn look(&self) -> &Look {
        &self.look
    }

    /// Takes in an event since the order. The sentence that tells of it, if a replica or a unit is in question.
    pub fn heard(&mut self, event: &Value) -> Option<String> {
        let (kind, body) = (event["kind"].as_str()?, &event["body"]);
        let message = body["message"].as_str().map(str::to_owned);
        match kind {
            "outcome" => self.refused = body["error"].as_str().map(str::to_owned).or(self.refused.take()),
            "orders" if body["size"]["at"].as_u64() != Some(self.ordered.at.0) => {
                self.replaced = Some(match &body["size"] {
                    Value::Null => "the size was released".to_owned(),
                    size => format!("{} fixed the size at {}", size["by"].as_str().unwrap_or("-"), size["replicas"]),
                });
            }
            _ => {}
        }
        let replica = body["replica"].as_str();
        if let (Some(replica), Some(message)) = (replica, &message) {
            let unit = self.units.entry(Name::from(replica)).or_default();
            unit.news.push((kind.to_owned(), message.clone()));
        }
        message.filter(|_| replica.is_some() || kind == NewsKind::Drift.label())
    }

    /// Takes in a look. What happened before it has been heard.
    pub fn seen(&mut self, mut look: Look) {
        if !look.obeys(self.ordered.at) {
            // As of a tick before the order: what was answered to the order is newer.
            (look.is_paused, look.is_dry_run) = (self.look.is_paused, self.look.is_dry_run);
        }
        if look.obeys(self.ordered.at)
            && let Some(observation) = &look.observation
        {
            for replica in &observation.replicas {
                self.units.entry(Name::from(replica.id.as_str())).or_default().seen(replica);
            }
            for ailing in news::ailing(observation) {
                let unit = self.units.entry(Name::from(ailing.replica.id.as_str())).or_default();
                (unit.error, unit.is_overdue) = (ailing.error.map(str::to_owned), ailing.is_overdue);
            }
            let is_there: Vec<Name> = look.replicas().map(|replica| Name::from(replica.id.as_str())).collect();
            for (_, unit) in self.units.iter_mut().filter(|(name, _)| !is_there.contains(name)) {
                unit.missed(observation.now);
            }
        }
        self.look = look;
    }

    /// What became of each, in the order of their names.
    pub fn fates(&self) -> impl Iterator<Item = (&str, &Unit, Fate)> {
        let fate = |(name, unit)| -> Option<(&str, &Unit, Fate)> {
            let (name, unit): (&Name, &Unit) = (name, unit);
            Some((name.whole.as_str(), unit, unit.fate(self.ordered.at)?))
        };
        self.units.iter().filter_map(fate)
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        if let Some(replaced) = &self.replaced {
            return Some(Ending::Replaced(replaced.clone()));
        }
        if let Some(held) = self.held() {
            return Some(Ending::Held(held));
        }
        let is_settled = self.look.obeys(self.ordered.at) && self.fates().all(|(_, _, fate)| fate.is_settled());
        if !is_settled {
            return None;
        }
        let decided = self.look.decided.as_ref()?;
        let is_steered_there = decided.desired == self.ordered.replicas;
        if is_steered_there && self.look.staying() == decided.desired as usize {
            return Some(if self.has_failed() { Ending::PartFailed } else { Ending::Done });
        }
        if self.look.pending > 0 {
            return None;
        }
        let last_word = decided.reasons.last();
        let waits = last_word.is_some_and(|reason| reason.kind == ReasonKind::RepairDelayed);
        let why = self.refused.clone().map(|error| format!("the backend did not take the order: {error}"));
        let why = why.or_else(|| last_word.filter(|_| waits || !is_steered_there).map(|reason| reason.message.clone()));
        why.map(Ending::Short)
    }

    /// Why nothing will happen.
    fn held(&self) -> Option<String> {
        let target = &self.ordered.target;
        if self.look.is_paused {
            Some(format!("{target} is paused: nothing changes until `trimtab resume {target}`"))
        } else if self.look.is_dry_run {
            Some(format!("{target} is in dry run: nothing changes"))
        } else {
            None
        }
    }

    fn has_failed(&self) -> bool {
        self.fates().any(|(_, unit, fate)| fate.has_failed() || unit.remark().is_some())
    }

    /// How many run, how many start, and who drains: one line. Without `ages` it changes only when something does.
    pub fn progress(&self, ages: bool) -> String {
        let Ordered { target, replicas, .. } = &self.ordered;
        if let Some(blind) = &self.look.blind {
            return format!("{target}: the backend can't be read, so nothing is done: {blind}");
        }
        if !self.look.obeys(self.ordered.at) {
            return format!("{target}: {} running, {replicas} ordered", self.look.running());
        }
        let now = ages.then_some(self.look.now);
        let fates: Vec<(&str, Fate)> = self.fates().map(|(name, _, fate)| (name, fate)).collect();
        let count = |which: fn(&Fate) -> bool| fates.iter().filter(|(_, fate)| which(fate)).count();
        let mut line = format!("{target}: {} of {replicas} running", self.look.running());
        let starting = count(|fate| matches!(fate, Fate::Starting));
        let failed = count(|fate| matches!(fate, Fate::NotRunning(_)));
        for (count, what) in [(starting, "starting"), (failed, "failed")] {
            if count > 0 {
                line.push_str(&format!(", {count} {what}"));
            }
        }
        let draining: Vec<String> = fates.iter().filter_map(|(name, fate)| fate.underway(name, now)).collect();
        if !draining.is_empty() {
            let more = if draining.len() > 4 { ", ..." } else { "" };
            let named = draining.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", ");
            line.push_str(&format!(", {} draining ({named}{more})", draining.len()));
        }
        line
    }

    /// How many ran before and run still.
    pub fn ran_already(&self) -> usize {
        self.fates().filter(|(_, unit, fate)| *fate == Fate::RanAlready && unit.before.is_some_and(runs)).count()
    }
}

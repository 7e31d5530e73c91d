//! The roster: which instances there are to be, and how far those are that leave. Pure; kept on disk by the
//! [`Store`](crate::backend::store::Store).

use std::collections::BTreeSet;

use scaling_core::units::Timestamp;
use serde::{Deserialize, Serialize};

use super::template::{Instance, Template};
use crate::backend::order::Accepted;
use crate::backend::store;

/// What must be known of the instances of one target after a crash or a reboot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Roster {
    /// [`store::Roster::FORMAT`].
    pub format: u32,
    /// Whose instances. `None`: it was not noted yet.
    #[serde(default)]
    pub template: Option<Template>,
    /// The last order that was taken.
    pub last_order: Option<Accepted>,
    /// Sorted by instance.
    pub entries: Vec<Entry>,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Entry {
    /// Which.
    pub instance: Instance,
    /// What it is to do.
    pub wish: Wish,
    /// It was asked to take no new jobs, and not asked to take them again.
    #[serde(default)]
    pub intake_stopped: bool,
}

/// What an instance is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// Run.
    Stay,
    /// Finish what it has, and end.
    Go {
        /// Since when, in ms since the epoch.
        since: u64,
        /// Its unit was told to stop.
        stopping: bool,
    },
}

impl store::Roster for Roster {
    const FORMAT: u32 = 1;

    fn format(&self) -> u32 {
        self.format
    }
}

impl Roster {
    /// The first one: these instances were there before the host.
    pub fn of(instances: impl IntoIterator<Item = Instance>) -> Self {
        let format = <Self as store::Roster>::FORMAT;
        let mut roster = Self { format, template: None, last_order: None, entries: Vec::new() };
        for instance in instances {
            roster.keep(&instance);
        }
        roster
    }

    /// It, if its numbers are those of `template`. Those of another, which the config named before, go on by themselves:
    /// to start as many of this one would double the work, so it begins with who is there.
    pub fn only_of(self, template: &Template) -> Option<Self> {
        let Some(before) = self.template.as_ref().filter(|before| *before != template) else { return Some(self) };
        let left: Vec<&str> = self.entries.iter().map(|entry| entry.instance.as_str()).collect();
        let (left, now) = (left.join(" "), template);
        tracing::warn!(%before, %now, left, "the target has another template now; what ran of the one before goes on by itself, and is nobody's");
        None
    }

    /// Those that are to run.
    pub fn staying(&self) -> impl Iterator<Item = &Instance> {
        self.entries.iter().filter(|entry| entry.stays()).map(|entry| &entry.instance)
    }

    /// The entry of an instance.
    pub fn entry(&self, instance: &Instance) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.instance == *instance)
    }

    /// The entry of an instance, to change it.
    pub fn entry_mut(&mut self, instance: &Instance) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.instance == *instance)
    }

    /// It is to run: a new one, or one that was on its way out.
    pub fn keep(&mut self, instance: &Instance) {
        if let Some(entry) = self.entry_mut(instance) {
            entry.wish = Wish::Stay;
            return;
        }
        let entry = Entry { instance: instance.clone(), wish: Wish::Stay, intake_stopped: false };
        let index = self.entries.partition_point(|other| other.instance < *instance);
        self.entries.insert(index, entry);
    }

    /// It is to go, if it is not going already.
    pub fn dismiss(&mut self, instance: &Instance, now: Timestamp) {
        let Timestamp(since) = now;
        if let Some(entry) = self.entry_mut(instance).filter(|entry| entry.stays()) {
            entry.wish = Wish::Go { since, stopping: false };
        }
    }

    /// It ended, and runs again before it could be forgotten: that run has all the time of a drain before it.
    pub fn drain_anew(&mut self, instance: &Instance, now: Timestamp) {
        let Timestamp(since) = now;
        if let Some(entry) = self.entry_mut(instance).filter(|entry| !entry.stays()) {
            entry.wish = Wish::Go { since, stopping: false };
            entry.intake_stopped = false;
        }
    }

    /// Exactly these are to run: the rest goes.
    pub fn keep_exactly(&mut self, wanted: &BTreeSet<Instance>, now: Timestamp) {
        let dropped: Vec<Instance> = self.staying().filter(|instance| !wanted.contains(*instance)).cloned().collect();
        for instance in dropped {
            self.dismiss(&instance, now);
        }
        for instance in wanted {
            self.keep(instance);
        }
    }

    /// It is gone.
    pub fn forget(&mut self, instance: &Instance) {
        self.entries.retain(|entry| entry.instance != *instance);
    }
}

impl Entry {
    /// Whether it is to run.
    pub fn stays(&self) -> bool {
        self.wish == Wish::Stay
    }

    /// Since when it is on its way out.
    pub fn leaving_since(&self) -> Option<Timestamp> {
        match self.wish {
            Wish::Stay => None,
            Wish::Go { since, .. } => Some(Timestamp(since)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_another_template_are_not_taken_over() {
        let template = |name: &str| Template::try_from(name.to_owned()).unwrap();
        let old = Roster::of([Instance::number(1)]);
        assert!(old.clone().only_of(&template("a@.service")).is_some(), "written before this was noted");
        let of_a = Roster { template: Some(template("a@.service")), ..old };
        assert!(of_a.clone().only_of(&template("a@.service")).is_some());
        assert_eq!(of_a.only_of(&template("b@.service")), None);
    }
}

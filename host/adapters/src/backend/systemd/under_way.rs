//! Whom a step is under way for: from its beginning until what it did shows.
//!
//! systemd answers before the change is seen here. Who would plan by what was seen before the answer would stop again
//! what he just stopped, and take what he just started for ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use scaling_core::units::Timestamp;

use super::bus::{Sight, UnitState};
use super::plan::{LONGEST_START, Step};
use super::template::Instance;

/// A step that is over and changed nothing that can be seen is waited for no longer than this.
const SHOWS: Duration = Duration::from_secs(2);

/// The steps under way, by instance.
#[derive(Clone, Debug, Default)]
pub struct UnderWay {
    instances: BTreeSet<Instance>,
    /// Starts whose end was not told yet, and since when they are waited for.
    starts: BTreeMap<Instance, Timestamp>,
    /// What has to show.
    awaited: BTreeMap<Instance, Awaited>,
    /// Whose step is over, and how long it is waited for that it shows.
    over: BTreeMap<Instance, Timestamp>,
}

/// What shows that a step was done.
#[derive(Clone, Debug)]
enum Awaited {
    /// Another run than this one. That a start is to bring: its unit looks otherwise for other reasons too, as when
    /// systemd loads it because it was enabled.
    Run(String),
    /// That it looks otherwise than so.
    Change(Option<UnitState>),
}

impl Awaited {
    fn is_shown(&self, unit: Option<&UnitState>) -> bool {
        match self {
            Self::Run(before) => invocation(unit) != before,
            Self::Change(before) => before.as_ref() != unit,
        }
    }
}

fn invocation(unit: Option<&UnitState>) -> &str {
    unit.map_or("", |unit| &unit.invocation)
}

impl UnderWay {
    /// Those for which nothing else is to be planned, and of whom nothing is to be concluded.
    pub fn instances(&self) -> &BTreeSet<Instance> {
        &self.instances
    }

    /// Starts whose end was not told yet, and since when they are waited for.
    pub fn starts(&self) -> &BTreeMap<Instance, Timestamp> {
        &self.starts
    }

    /// A step begins; `sight` is what it was planned by.
    pub fn begin(&mut self, step: &Step, sight: &Sight, now: Timestamp) {
        let (Step::Start(instance)
        | Step::StopIntake(instance)
        | Step::ResumeIntake(instance)
        | Step::Stop(instance)
        | Step::Kill(instance)) = step
        else {
            return;
        };
        self.instances.insert(instance.clone());
        let unit = sight.units.get(instance);
        self.starts.remove(instance);
        if matches!(step, Step::Start(_)) {
            self.starts.insert(instance.clone(), now);
        }
        let awaited = match step {
            Step::Start(_) => Awaited::Run(invocation(unit).to_owned()),
            _ => Awaited::Change(unit.cloned()),
        };
        self.awaited.insert(instance.clone(), awaited);
    }

    /// The end of a start was told.
    pub fn started(&mut self, instance: &Instance) {
        self.starts.remove(instance);
    }

    /// A step is over; what it did can be seen sooner or later, or not at all.
    pub fn over(&mut self, instance: &Instance, can_be_seen: bool, now: Timestamp) {
        if can_be_seen {
            self.over.insert(instance.clone(), now.plus(SHOWS));
        } else {
            self.forget(instance);
        }
    }

    /// Lets go of those whose step shows, or never will.
    pub fn look(&mut self, sight: &Sight, now: Timestamp) {
        let shows = |(instance, until): (&Instance, &Timestamp)| {
            let is_shown = self.awaited.get(instance).is_none_or(|it| it.is_shown(sight.units.get(instance)));
            (is_shown || *until <= now).then(|| instance.clone())
        };
        let seen: Vec<Instance> = self.over.iter().filter_map(shows).collect();
        for instance in &seen {
            self.forget(instance);
        }
    }

    /// When one is let go of though nothing shows.
    pub fn due(&self) -> impl Iterator<Item = Timestamp> {
        self.over.values().copied().chain(self.starts.values().map(|since| since.plus(LONGEST_START)))
    }

    /// All steps are lost.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn forget(&mut self, instance: &Instance) {
        self.instances.remove(instance);
        self.starts.remove(instance);
        self.awaited.remove(instance);
        self.over.remove(instance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::systemd::bus::Active;

    fn sight(active: Active) -> Sight {
        let unit = UnitState { active, ..UnitState::absent() };
        Sight { units: [(Instance::number(1), unit)].into(), ..Sight::default() }
    }

    #[test]
    fn a_stop_is_under_way_until_it_shows() {
        let (one, mut under_way) = (Instance::number(1), UnderWay::default());
        under_way.begin(&Step::Stop(one.clone()), &sight(Active::Active), Timestamp(0));
        under_way.look(&sight(Active::Deactivating), Timestamp(0));
        assert!(under_way.instances().contains(&one), "it is not over");
        under_way.over(&one, true, Timestamp(0));
        under_way.look(&sight(Active::Active), Timestamp(1));
        assert!(under_way.instances().contains(&one), "what is seen is older than the stop");
        under_way.look(&sight(Active::Deactivating), Timestamp(2));
        assert!(under_way.instances().is_empty());
    }

    #[test]
    fn a_unit_that_was_only_loaded_is_not_yet_a_start_that_shows() {
        let (one, mut under_way) = (Instance::number(1), UnderWay::default());
        under_way.begin(&Step::Start(one.clone()), &Sight::default(), Timestamp(0));
        under_way.over(&one, true, Timestamp(0));
        under_way.look(&sight(Active::Inactive), Timestamp(1));
        assert!(under_way.instances().contains(&one), "it was enabled, and so loaded");
        let mut started = sight(Active::Active);
        started.units.values_mut().for_each(|unit| unit.invocation = "a".to_owned());
        under_way.look(&started, Timestamp(2));
        assert!(under_way.instances().is_empty());
    }

    #[test]
    fn one_that_never_shows_is_let_go() {
        let (one, mut under_way) = (Instance::number(1), UnderWay::default());
        let shown = sight(Active::Inactive);
        under_way.begin(&Step::Start(one.clone()), &shown, Timestamp(0));
        under_way.over(&one, true, Timestamp(0));
        let due = under_way.due().next().unwrap();
        under_way.look(&shown, due);
        assert!(under_way.instances().is_empty());
        under_way.begin(&Step::StopIntake(one.clone()), &shown, Timestamp(0));
        under_way.over(&one, false, due);
        assert!(under_way.instances().is_empty());
    }
}

//! Since when workers take no new jobs, and so who is idle for good. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use scaling_core::units::Timestamp;

use super::jobs::Reading;
use super::roster::{Entry, Roster};
use super::template::Instance;

/// How long after the request a worker may still take a job, and the queue may not yet tell of it.
const CLOSES: Duration = Duration::from_secs(1);
/// An answer that is too old is looked at again so soon; that it is newer wakes nobody.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Whose intake is closed, and since when it is known to be. A host that was restarted knows it since then.
#[derive(Clone, Debug, Default)]
pub struct Intakes(BTreeMap<Instance, Timestamp>);

impl Intakes {
    /// Notes whose intake is closed now.
    pub fn look(&mut self, roster: &Roster, now: Timestamp) {
        self.0.retain(|instance, _| roster.entry(instance).is_some_and(|entry| entry.intake_stopped));
        for entry in roster.entries.iter().filter(|entry| entry.intake_stopped) {
            self.0.entry(entry.instance.clone()).or_insert(now);
        }
    }

    /// Who has nothing in hand and can't have taken anything since his intake was closed.
    pub fn idle(&self, roster: &Roster, jobs: impl Fn(&Instance) -> Option<Reading>) -> BTreeSet<Instance> {
        let is_idle = |entry: &&Entry| {
            jobs(&entry.instance).is_some_and(|reading| reading.jobs == 0 && reading.at >= self.closed(entry))
        };
        roster.entries.iter().filter(is_idle).map(|entry| entry.instance.clone()).collect()
    }

    /// When to look again for answers that are new enough.
    pub fn due(
        &self,
        roster: &Roster,
        jobs: impl Fn(&Instance) -> Option<Reading>,
        now: Timestamp,
    ) -> impl Iterator<Item = Timestamp> {
        let waits = |entry: &Entry| {
            let reading = jobs(&entry.instance)?;
            let closed = self.closed(entry);
            (reading.jobs == 0 && reading.at < closed).then(|| closed.max(now.plus(LOOK_AGAIN)))
        };
        roster.entries.iter().filter_map(waits).collect::<Vec<_>>().into_iter()
    }

    fn closed(&self, entry: &Entry) -> Timestamp {
        let since = if entry.intake_stopped { self.0.get(&entry.instance).copied() } else { entry.leaving_since() };
        since.map(|since| since.plus(CLOSES)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Timestamp = Timestamp(60_000);

    fn leaving(intake_stopped: bool) -> Roster {
        let mut roster = Roster::of([Instance::number(1)]);
        roster.dismiss(&Instance::number(1), Timestamp(10_000));
        roster.entries[0].intake_stopped = intake_stopped;
        roster
    }

    #[test]
    fn an_answer_from_before_the_intake_was_closed_says_nothing() {
        let mut intakes = Intakes::default();
        // The request came through long after the drain began.
        intakes.look(&leaving(false), Timestamp(59_000));
        intakes.look(&leaving(true), ASKED);
        let is_idle = |at: u64| {
            let reading = |_: &Instance| Some(Reading { jobs: 0, at: Timestamp(at) });
            !intakes.idle(&leaving(true), reading).is_empty()
        };
        assert_eq!([59_999, 60_999, 61_000].map(is_idle), [false, false, true]);
        assert!(intakes.idle(&leaving(true), |_| Some(Reading { jobs: 1, at: Timestamp(70_000) })).is_empty());
        assert!(intakes.idle(&leaving(true), |_| None).is_empty());
    }

    #[test]
    fn an_idle_worker_is_looked_at_again_until_the_answer_is_new_enough() {
        let mut intakes = Intakes::default();
        intakes.look(&leaving(true), ASKED);
        let due = |jobs: u32, at: u64, now: u64| {
            intakes.due(&leaving(true), |_| Some(Reading { jobs, at: Timestamp(at) }), Timestamp(now)).next()
        };
        assert_eq!(due(0, 60_000, 60_000), Some(Timestamp(61_000)));
        assert_eq!(due(0, 60_900, 61_000), Some(Timestamp(61_100)));
        assert_eq!((due(0, 61_000, 61_100), due(1, 60_000, 60_000)), (None, None));
    }
}

//! The last answer about each instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scaling_core::units::{Timestamp, millis};
use tokio::sync::Notify;

use super::{Reading, Unknown};
use crate::backend::systemd::template::Instance;

/// What is known of each instance, or why it is not.
type Known = Result<Reading, Unknown>;

/// Where the answers are kept. Notifies when there is another number to see.
#[derive(Debug)]
pub(super) struct Board {
    longest_age: Duration,
    /// What is said of an instance that is not among the answers.
    otherwise: Unknown,
    changed: Arc<Notify>,
    answers: Mutex<BTreeMap<Instance, Known>>,
}

impl Board {
    pub fn new(longest_age: Duration, changed: Arc<Notify>) -> Self {
        Self { longest_age, otherwise: Unknown::NotAsked, changed, answers: Mutex::default() }
    }

    /// One on which nothing will ever stand.
    pub fn silent() -> Self {
        Self { otherwise: Unknown::NotConfigured, ..Self::new(Duration::ZERO, Arc::default()) }
    }

    /// What is known of an instance and not too old.
    pub fn of(&self, instance: &Instance, now: Timestamp) -> Known {
        let known = self.answers().get(instance).cloned().unwrap_or_else(|| Err(self.otherwise.clone()))?;
        let age = now.since(known.at);
        if age > self.longest_age { Err(Unknown::TooOld { age_ms: millis(age) }) } else { Ok(known) }
    }

    /// Notes an answer to a question of `at`.
    pub fn note(&self, instance: &Instance, at: Timestamp, answer: Result<u32, Unknown>) {
        let known = answer.map(|jobs| Reading { jobs, at });
        let number = jobs(Some(&known));
        let before = self.answers().insert(instance.clone(), known);
        if jobs(before.as_ref()) != number {
            self.changed.notify_one();
        }
    }

    /// Forgets all but these instances.
    pub fn keep_only(&self, instances: &BTreeSet<Instance>) {
        self.answers().retain(|instance, _| instances.contains(instance));
    }

    /// Takes down what is too old.
    pub fn expire(&self, now: Timestamp) {
        let mut any = false;
        for known in self.answers().values_mut() {
            let age = known.as_ref().map_or(Duration::ZERO, |reading| now.since(reading.at));
            if age > self.longest_age {
                *known = Err(Unknown::TooOld { age_ms: millis(age) });
                any = true;
            }
        }
        if any {
            self.changed.notify_one();
        }
    }

    fn answers(&self) -> MutexGuard<'_, BTreeMap<Instance, Known>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn jobs(known: Option<&Known>) -> Option<u32> {
    known?.as_ref().ok().map(|reading| reading.jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Duration = Duration::from_secs(5);

    fn board() -> (Board, Arc<Notify>, Instance) {
        let changed = Arc::new(Notify::new());
        (Board::new(FIVE, changed.clone()), changed, Instance::number(1))
    }

    fn told(changed: &Notify) -> bool {
        use futures_util::FutureExt;
        changed.notified().now_or_never().is_some()
    }

    #[test]
    fn an_answer_is_believed_for_its_time() {
        let (board, changed, one) = board();
        board.note(&one, Timestamp(1000), Ok(0));
        assert!(told(&changed));
        assert_eq!(board.of(&one, Timestamp(6000)), Ok(Reading { jobs: 0, at: Timestamp(1000) }));
        assert_eq!(board.of(&one, Timestamp(6001)), Err(Unknown::TooOld { age_ms: 5001 }));
        board.expire(Timestamp(6000));
        assert!(!told(&changed));
        board.expire(Timestamp(6001));
        assert!(told(&changed));
        board.expire(Timestamp(7000));
        assert!(!told(&changed), "told once");
    }

    #[test]
    fn a_failure_replaces_what_was_known() {
        let (board, changed, one) = board();
        board.note(&one, Timestamp(1000), Err(Unknown::NotAsked));
        assert!(!told(&changed), "it was not known before");
        board.note(&one, Timestamp(1000), Ok(2));
        assert!(told(&changed));
        board.note(&one, Timestamp(1001), Err(Unknown::Unplaced { tasks: 1 }));
        assert!(told(&changed));
        assert_eq!(board.of(&one, Timestamp(1001)), Err(Unknown::Unplaced { tasks: 1 }));
    }
}

//! What backends tell of: news, told once, and oddities that stay until somebody mends them.

use std::sync::Mutex;

use scaling_core::observation::{Observation, Replica, ReplicaState, Scalar};
use scaling_core::status::News;

use crate::lock::lock;

/// More than this is not carried on: a journal that fails for long has lost more than news.
const MOST_CARRIED: usize = 1000;

/// How many a target's view keeps for `explain`.
const MOST_SHOWN: usize = 10;

/// What attributes of a target begin with that tell what is not as the host left it.
const DRIFT: &str = "drift.";

/// News of ticks that could not be recorded: a backend tells them once, so they are carried on to the next tick.
#[derive(Debug, Default)]
pub struct Unrecorded(Mutex<Vec<News>>);

impl Unrecorded {
    /// Those of a tick that could not be recorded.
    pub fn keep(&self, news: &[News]) {
        let mut kept = lock(&self.0);
        kept.extend_from_slice(news);
        let surplus = kept.len().saturating_sub(MOST_CARRIED);
        kept.drain(..surplus);
    }

    /// Puts those that were kept before the new ones.
    pub fn put_before(&self, news: &mut Vec<News>) {
        news.splice(..0, std::mem::take(&mut *lock(&self.0)));
    }
}

/// The last of `before` and `new`, oldest first.
pub fn last_of(before: &[News], new: &[News]) -> Vec<News> {
    let all: Vec<News> = before.iter().chain(new).cloned().collect();
    all[all.len().saturating_sub(MOST_SHOWN)..].to_vec()
}

/// What is not as the host left it and is left alone: which unit, and what is odd about it.
pub fn drift(observation: &Observation) -> impl Iterator<Item = (&str, &str)> {
    observation.attributes.iter().filter_map(|attribute| match &attribute.value {
        Scalar::Text(what) => Some((attribute.key.strip_prefix(DRIFT)?, what.as_str())),
        _ => None,
    })
}

/// A replica that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ailing<'o> {
    /// Which.
    pub replica: &'o Replica,
    /// What its backend says is wrong.
    pub error: Option<&'o str>,
    /// It should have ended by now.
    pub is_overdue: bool,
}

/// The replicas that are not as they should be.
pub fn ailing(observation: &Observation) -> impl Iterator<Item = Ailing<'_>> {
    observation.replicas.iter().filter_map(|replica| {
        let of = |key: &str| replica.attributes.iter().find(|attribute| attribute.key == key).map(|it| &it.value);
        let error = match of("error") {
            Some(Scalar::Text(error)) => Some(error.as_str()),
            _ => None,
        };
        let is_overdue = replica.state == ReplicaState::Draining && of("drain.overdue") == Some(&Scalar::Flag(true));
        let is_ill = matches!(replica.state, ReplicaState::Failed | ReplicaState::Unhealthy);
        (is_ill || is_overdue || error.is_some()).then_some(Ailing { replica, error, is_overdue })
    })
}

#[cfg(test)]
mod tests {
    use scaling_core::status::NewsKind;
    use scaling_core::units::Timestamp;

    use super::*;

    fn said(message: &str) -> News {
        News { at: Timestamp(1), replica: None, kind: NewsKind::Ended, message: message.to_owned() }
    }

    #[test]
    fn what_could_not_be_recorded_comes_first_and_once() {
        let unrecorded = Unrecorded::default();
        unrecorded.keep(&[said("a"), said("b")]);
        let mut news = vec![said("c")];
        unrecorded.put_before(&mut news);
        assert_eq!(news, [said("a"), said("b"), said("c")]);
        let mut next = vec![said("d")];
        unrecorded.put_before(&mut next);
        assert_eq!(next, [said("d")]);
    }

    #[test]
    fn a_journal_that_fails_for_long_costs_the_oldest() {
        let unrecorded = Unrecorded::default();
        for number in 0..=MOST_CARRIED {
            unrecorded.keep(&[said(&number.to_string())]);
        }
        let mut news = Vec::new();
        unrecorded.put_before(&mut news);
        assert_eq!((news.len(), news[0].message.as_str()), (MOST_CARRIED, "1"));
    }
}

//! The lives of single jobs, put together from what a queue tells of them at each tick.
//!
//! Queues forget: a Karton task keeps only its last change, an RQ job its record for some minutes. What
//! was seen once is kept here for as long as a window of `jobs.waited` or `jobs.finished` may want it.

use std::collections::BTreeMap;
use std::time::Duration;

use scaling_core::observation::Sample;
use scaling_core::units::{Timestamp, Value};

/// Ended jobs that are kept when their queue has forgotten them. The contract shows 1024 at most.
const MAX_REMEMBERED: usize = 10_000;

/// What is known of one job. A time that is not known, or has not come, is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Life {
    /// When it was queued.
    pub queued: Option<Timestamp>,
    /// When it was taken.
    pub taken: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// Jobs by their names.
#[derive(Default)]
pub(crate) struct Lives {
    present: BTreeMap<String, Life>,
    /// Ended, and forgotten by the queue or begun anew under the same name.
    past: Vec<Life>,
}

impl Life {
    /// Fills in what is new. Earlier knowledge wins: it was seen when it happened.
    fn or(self, later: Self) -> Self {
        Self {
            queued: self.queued.or(later.queued),
            taken: self.taken.or(later.taken),
            ended: self.ended.or(later.ended),
        }
    }

    /// Whether `later` can't be the same try: a job that was taken before is queued again.
    fn is_over_before(self, later: Self) -> bool {
        let last_seen = self.ended.or(self.taken);
        last_seen.is_some_and(|seen| later.queued.or(later.taken).is_some_and(|begun| begun > seen))
    }

    fn waited(self) -> Option<Sample> {
        span(self.queued?, self.taken?)
    }

    fn service(self) -> Option<Sample> {
        span(self.taken?, self.ended?)
    }
}

/// The seconds between two moments, at the later one; zero if clocks put them the wrong way.
fn span(from: Timestamp, to: Timestamp) -> Option<Sample> {
    Value::new(to.since(from).as_secs_f64()).map(|value| Sample { at: to, value })
}

impl Lives {
    /// Takes in all jobs that the queue knows now. Those that it knows no more go into the past.
    pub fn learn(&mut self, told: impl IntoIterator<Item = (String, Life)>) {
        let mut before = std::mem::take(&mut self.present);
        for (name, life) in told {
            let known = before.remove(&name).unwrap_or_default();
            let life = if known.is_over_before(life) {
                self.past.push(known);
                life
            } else {
                known.or(life)
            };
            self.present.insert(name, life);
        }
        self.past.extend(before.into_values().filter(|life| life.ended.is_some()));
    }

    /// Names of those that had not ended when they were told of last.
    pub fn names_without_end(&self) -> Vec<String> {
        self.present.iter().filter(|(_, life)| life.ended.is_none()).map(|(name, _)| name.clone()).collect()
    }

    /// `jobs.waited` and `jobs.finished` of the window. What is older is forgotten.
    pub fn told(&mut self, now: Timestamp, window: Duration) -> (Vec<Sample>, Vec<Sample>) {
        let start = now.minus(window);
        self.past.retain(|life| life.ended.is_some_and(|ended| ended >= start));
        self.past.sort_by_key(|life| life.ended);
        let surplus = self.past.len().saturating_sub(MAX_REMEMBERED);
        self.past.drain(..surplus);
        let all = || self.present.values().chain(&self.past).copied();
        let recent = |sample: &Sample| sample.at >= start;
        (
            all().filter_map(Life::waited).filter(recent).collect(),
            all().filter_map(Life::service).filter(recent).collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn life(queued: u64, taken: u64, ended: u64) -> Life {
        let at = |seconds: u64| (seconds > 0).then(|| Timestamp(seconds * 1000));
        Life { queued: at(queued), taken: at(taken), ended: at(ended) }
    }

    fn tell(lives: &mut Lives, told: &[(&str, Life)]) {
        lives.learn(told.iter().map(|(name, life)| ((*name).to_owned(), *life)));
    }

    /// Seconds of what was waited and of what was finished, each with its moment.
    type Told = Vec<(u64, f64)>;

    fn at(lives: &mut Lives, now: u64) -> (Told, Told) {
        let pairs = |samples: Vec<Sample>| samples.iter().map(|one| (one.at.0 / 1000, one.value.get())).collect();
        let (waited, finished) = lives.told(Timestamp(now * 1000), MINUTE);
        (pairs(waited), pairs(finished))
    }

    #[test]
    fn a_life_is_put_together_from_what_was_told_piece_by_piece() {
        let mut lives = Lives::default();
        tell(&mut lives, &[("a", life(10, 0, 0))]);
        tell(&mut lives, &[("a", life(0, 13, 0))]);
        assert_eq!(at(&mut lives, 14), (vec![(13, 3.0)], vec![]));
        tell(&mut lives, &[("a", life(0, 0, 20))]);
        assert_eq!(at(&mut lives, 20), (vec![(13, 3.0)], vec![(20, 7.0)]));
    }

    #[test]
    fn what_the_queue_forgot_is_told_until_it_leaves_the_window() {
        let mut lives = Lives::default();
        tell(&mut lives, &[("a", life(10, 13, 20)), ("gone", life(10, 11, 0))]);
        tell(&mut lives, &[]);
        assert_eq!(at(&mut lives, 70), (vec![(13, 3.0)], vec![(20, 7.0)]), "and none that went without an end");
        assert_eq!(at(&mut lives, 79), (vec![], vec![(20, 7.0)]));
        assert_eq!(at(&mut lives, 81), (vec![], vec![]));
        assert!(lives.past.is_empty());
    }

    #[test]
    fn half_known_lives_tell_half() {
        let mut lives = Lives::default();
        tell(&mut lives, &[("no wait known", life(0, 13, 20)), ("no start known", life(10, 0, 20))]);
        assert_eq!(at(&mut lives, 21), (vec![], vec![(20, 7.0)]));
    }

    #[test]
    fn a_job_that_is_tried_again_has_two_lives() {
        let mut lives = Lives::default();
        tell(&mut lives, &[("a", life(10, 13, 20))]);
        tell(&mut lives, &[("a", life(21, 0, 0))]);
        tell(&mut lives, &[("a", life(21, 30, 32))]);
        assert_eq!(at(&mut lives, 40), (vec![(30, 9.0), (13, 3.0)], vec![(32, 2.0), (20, 7.0)]));
    }

    #[test]
    fn clocks_that_disagree_make_no_negative_times() {
        let mut lives = Lives::default();
        tell(&mut lives, &[("a", life(10, 9, 8))]);
        assert_eq!(at(&mut lives, 10), (vec![(9, 0.0)], vec![(8, 0.0)]));
    }

    #[test]
    fn the_past_is_bounded() {
        let mut lives = Lives::default();
        let many = MAX_REMEMBERED as u64 + 5;
        lives.learn((0..many).map(|n| (n.to_string(), Life { ended: Some(Timestamp(1000 + n)), ..Life::default() })));
        tell(&mut lives, &[]);
        at(&mut lives, 1);
        assert_eq!((lives.past.len(), lives.past[0].ended), (MAX_REMEMBERED, Some(Timestamp(1005))), "the newest");
    }
}

//! What the summary is made of: every job that came and every wait, and what a fixed size would have made of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use scaling_core::units::{Timestamp, millis};

use super::book::Job;

/// No more than this is kept: a demo left running for days must not grow.
const MOST: usize = 20_000;

/// The jobs that came and how long jobs waited.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    arrivals: Vec<(Timestamp, Duration)>,
    waits: Vec<Duration>,
}

impl Ledger {
    pub(super) fn came(&mut self, job: &Job) {
        if self.arrivals.len() < MOST {
            self.arrivals.push((job.queued_at, job.service));
        }
    }

    pub(super) fn waited(&mut self, wait: Duration) {
        if self.waits.len() < MOST {
            self.waits.push(wait);
        }
    }

    /// How long jobs waited until they were taken.
    pub fn waits(&self) -> Spread {
        Spread::of(self.waits.clone())
    }

    /// How long the jobs that were taken would have waited with `workers` all the time: first come, first served.
    pub fn waits_with(&self, workers: u32) -> Spread {
        let mut free: BinaryHeap<Reverse<u64>> = (0..workers.max(1)).map(|_| Reverse(0)).collect();
        let mut waits = Vec::with_capacity(self.arrivals.len());
        for (queued_at, service) in self.arrivals.iter().take(self.waits.len()) {
            let Some(Reverse(free_at)) = free.pop() else { break };
            let taken_at = free_at.max(queued_at.0);
            waits.push(Duration::from_millis(taken_at - queued_at.0));
            free.push(Reverse(taken_at + millis(*service)));
        }
        Spread::of(waits)
    }
}

/// How long some jobs waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Half of them not longer.
    pub p50: Duration,
    /// 95 of 100 not longer.
    pub p95: Duration,
    /// The longest.
    pub max: Duration,
}

impl Spread {
    /// Nearest rank; all zero if there are none.
    fn of(mut waits: Vec<Duration>) -> Self {
        waits.sort_unstable();
        let rank = |percent: usize| waits.get((waits.len() * percent).div_ceil(100).saturating_sub(1));
        let [p50, p95, max] = [50, 95, 100].map(|percent| rank(percent).copied().unwrap_or_default());
        Self { p50, p95, max }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(arrivals: &[(u64, u64)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (at, service) in arrivals {
            let service = Duration::from_millis(*service);
            ledger.came(&Job { id: 0, queued_at: Timestamp(*at), service });
            ledger.waited(Duration::ZERO);
        }
        ledger
    }

    #[test]
    fn nearest_rank() {
        let spread = Spread::of((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!([spread.p50, spread.p95, spread.max].map(|wait| wait.as_millis()), [50, 95, 100]);
        assert_eq!(Spread::of(Vec::new()), Spread::default());
    }

    #[test]
    fn a_fixed_size_is_computed_from_the_same_jobs() {
        let ledger = ledger(&[(0, 1000), (0, 1000), (500, 1000), (5000, 10)]);
        let longest = |workers| ledger.waits_with(workers).max.as_millis();
        assert_eq!((longest(1), longest(2), longest(3)), (1500, 500, 0));
    }
}

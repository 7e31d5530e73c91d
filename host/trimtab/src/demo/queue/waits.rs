//! A histogram of how long jobs waited, as exporters have it.

use std::time::Duration;

/// Upper ends of the buckets, in seconds.
const ENDS: [f64; 8] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// How long jobs waited.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    counts: [u64; ENDS.len()],
    count: u64,
    sum_seconds: f64,
}

impl Waits {
    /// One more job.
    pub fn record(&mut self, wait: Duration) {
        let seconds = wait.as_secs_f64();
        for (count, end) in self.counts.iter_mut().zip(ENDS) {
            *count += u64::from(seconds <= end);
        }
        self.count += 1;
        self.sum_seconds += seconds;
    }

    /// Upper end in seconds and how many jobs waited at most so long, for each bucket but the last, endless one.
    pub fn buckets(&self) -> impl Iterator<Item = (f64, u64)> {
        ENDS.into_iter().zip(self.counts)
    }

    /// How many jobs.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All waits together.
    pub fn sum_seconds(&self) -> f64 {
        self.sum_seconds
    }
}

//! How the starts of an instance went, and when it may be tried again. Forgotten when the host ends.

use std::time::Duration;

use scaling_core::units::Timestamp;

use crate::backend::Restart;

/// So many failures in a row, and an instance is told of as quarantined.
pub const QUARANTINE: u32 = 3;

/// What is known of the starts of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Failures in a row.
    pub failures: u32,
    /// The last attempt.
    pub attempt: Attempt,
    /// Why the last one failed.
    pub error: Option<String>,
}

/// The last attempt to start an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attempt {
    /// None yet: there is nothing to wait for.
    #[default]
    Never,
    /// It came up.
    Up {
        /// When.
        at: Timestamp,
    },
    /// It failed.
    Failed {
        /// Not before this moment it is tried again.
        until: Timestamp,
    },
}

impl Health {
    /// Whether it may be started now.
    pub fn may_start(&self, now: Timestamp) -> bool {
        match self.attempt {
            Attempt::Never => true,
            Attempt::Up { .. } => false,
            Attempt::Failed { until } => until <= now,
        }
    }

    /// When it may be started, if that is later.
    pub fn next_try(&self) -> Option<Timestamp> {
        match self.attempt {
            Attempt::Failed { until } => Some(until),
            _ => None,
        }
    }

    /// It runs. What it does now counts, what it did before it came up does not.
    pub fn came_up(&mut self, now: Timestamp) {
        self.attempt = Attempt::Up { at: now };
        self.error = None;
    }

    /// It ended, or did not start. One that ran for long begins anew with the shortest wait. Returns the wait.
    pub fn failed(&mut self, error: String, restart: &Restart, now: Timestamp) -> Duration {
        let ran_long = matches!(self.attempt, Attempt::Up { at } if now.since(at) >= restart.reset_after.get());
        self.failures = if ran_long { 1 } else { self.failures.saturating_add(1) };
        let wait = restart.wait(self.failures);
        self.attempt = Attempt::Failed { until: now.plus(wait) };
        self.error = Some(error);
        wait
    }

    /// Whether it failed so often that it is told of.
    pub fn is_quarantined(&self) -> bool {
        self.failures >= QUARANTINE && matches!(self.attempt, Attempt::Failed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    #[test]
    fn failures_in_a_row_wait_longer_and_a_long_run_forgives() {
        let restart = Restart { min: Span::seconds(1), max: Span::seconds(60), reset_after: Span::seconds(60) };
        let mut health = Health::default();
        assert!(health.may_start(Timestamp(0)));
        let waits: Vec<u64> = (0..3).map(|_| health.failed("no".into(), &restart, Timestamp(1000)).as_secs()).collect();
        assert_eq!((waits, health.is_quarantined()), (vec![1, 2, 4], true));
        assert!(!health.may_start(Timestamp(4999)) && health.may_start(Timestamp(5000)));

        health.came_up(Timestamp(5000));
        assert!(!health.is_quarantined());
        assert_eq!(health.failed("soon".into(), &restart, Timestamp(6000)).as_secs(), 8, "it ran for a second only");
        health.came_up(Timestamp(20_000));
        assert_eq!(health.failed("late".into(), &restart, Timestamp(80_000)).as_secs(), 1);
    }
}

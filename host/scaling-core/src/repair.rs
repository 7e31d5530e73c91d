//! What runs differs from the desired size, and nothing that is under way explains it.

use std::time::Duration;

use crate::memory::{Memory, Repairs};
use crate::status::{Action, TargetStatus};
use crate::units::Timestamp;

/// The longest wait between two repairs.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Replicas too few (positive) or too many (negative), once all that is pending has come about.
pub fn missing(memory: &Memory, status: &TargetStatus) -> i64 {
    let Some(desired) = memory.desired else { return 0 };
    let stays = status.staying().count() as i64;
    let under_way: i64 = memory
        .pending
        .iter()
        .map(|intent| {
            let left = i64::from(intent.size() - intent.progress(status).begun.min(intent.size()));
            match intent.action {
                Action::Add(_) => left,
                Action::Remove(_) => -left,
            }
        })
        .sum();
    i64::from(desired) - stays - under_way
}

impl Repairs {
    /// Waits twice as long as before, from one interval up to five minutes.
    pub fn failed(&mut self, now: Timestamp, interval: Duration) {
        let wait = interval.saturating_mul(2_u32.saturating_pow(self.failed.min(16)));
        self.failed += 1;
        self.not_before = now.plus(wait.min(LONGEST_WAIT));
    }

    /// From now on as if nothing had been.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }
}

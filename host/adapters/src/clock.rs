//! The clock of the program: a wall-clock origin and tokio's monotonic time since.
//!
//! Because it moves with tokio's time, paused time drives every test; because it never reads the
//! wall clock again, it never goes backwards.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scaling_core::units::Timestamp;
use tokio::time::Instant;

/// Tells the time. Cheap to copy; all copies agree.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Timestamp,
    started: Instant,
}

impl Clock {
    /// A clock that starts at the wall clock's time.
    pub fn system() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self::starting_at(Timestamp(0).plus(wall))
    }

    /// A clock that shows `origin` now.
    pub fn starting_at(origin: Timestamp) -> Self {
        Self { origin, started: Instant::now() }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.origin.plus(self.started.elapsed())
    }

    /// When tokio's clock will show `moment`.
    pub fn instant_of(&self, moment: Timestamp) -> Instant {
        self.started + moment.since(self.origin)
    }
}

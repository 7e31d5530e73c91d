//! The clock of the program: a wall-clock origin and tokio's monotonic time since.
//!
//! It moves with tokio's time, so paused time drives every test, and it never goes backwards. Monotonic
//! time stands still while a machine sleeps, and a wall clock may be set right after the start: so from
//! time to time [`Clock::catch_up`] takes it forward to the wall clock, never back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scaling_core::units::{Timestamp, millis};
use tokio::time::Instant;

/// Milliseconds by which all clocks that follow the wall clock have been taken forward since their start.
static AHEAD_MS: AtomicU64 = AtomicU64::new(0);

/// A smaller difference is left alone.
const TOLERANCE: Duration = Duration::from_secs(1);

/// Tells the time. Cheap to copy; all copies agree.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Timestamp,
    started: Instant,
    follows_wall: bool,
}

impl Clock {
    /// A clock that starts at the wall clock's time and follows it.
    pub fn system() -> Self {
        let origin = wall().minus(Duration::from_millis(AHEAD_MS.load(Ordering::Relaxed)));
        Self { origin, started: Instant::now(), follows_wall: true }
    }

    /// This clock, taken forward to `earliest` if it is behind that: the time of the last run, say.
    #[must_use]
    pub fn not_before(self, earliest: Timestamp) -> Self {
        Self { origin: self.origin.plus(earliest.since(self.now())), ..self }
    }

    /// A clock that shows `origin` now, whatever the wall clock shows.
    pub fn starting_at(origin: Timestamp) -> Self {
        Self { origin, started: Instant::now(), follows_wall: false }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.origin.plus(self.ahead()).plus(self.started.elapsed())
    }

    /// When tokio's clock will show `moment`.
    pub fn instant_of(&self, moment: Timestamp) -> Instant {
        self.started + moment.since(self.origin.plus(self.ahead()))
    }

    /// Goes forward to the wall clock if that is more than a second ahead; returns by how much.
    pub fn catch_up(&self) -> Option<Duration> {
        let behind = wall().since(self.now());
        if !self.follows_wall || behind <= TOLERANCE {
            return None;
        }
        AHEAD_MS.fetch_add(millis(behind), Ordering::Relaxed);
        Some(behind)
    }

    fn ahead(&self) -> Duration {
        if self.follows_wall { Duration::from_millis(AHEAD_MS.load(Ordering::Relaxed)) } else { Duration::ZERO }
    }
}

/// What the wall shows.
fn wall() -> Timestamp {
    Timestamp(0).plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO))
}

//! Time since boot: the clock that processes are dated by, and that no one can set.

use std::time::Duration;
use std::{fs, io};

use scaling_core::units::{Timestamp, millis};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::clock::Clock;

/// Milliseconds since the machine booted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uptime(pub u64);

impl Uptime {
    /// The moment `span` later.
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// From clock ticks since boot, as `/proc/PID/stat` has them.
    pub fn from_ticks(ticks: u64) -> Self {
        Self(ticks.saturating_mul(1000) / rustix::param::clock_ticks_per_second().max(1))
    }
}

/// This boot of the machine: its id, and its time in step with the program's clock.
#[derive(Clone, Debug)]
pub struct Boot {
    /// Another one after each boot.
    pub id: String,
    origin: Uptime,
    started: Instant,
    wall_origin: Timestamp,
}

impl Boot {
    /// Reads id and time of this boot.
    pub fn current(clock: &Clock) -> io::Result<Self> {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned();
        Ok(Self { id, origin: read_uptime()?, started: Instant::now(), wall_origin: clock.now() })
    }

    /// The time since boot, time asleep included, as the kernel counts it when it says when a process started.
    pub fn now(&self) -> Uptime {
        read_uptime().unwrap_or_else(|_| self.origin.plus(self.started.elapsed()))
    }

    /// When tokio's clock will show `moment`; now, if that is past.
    pub fn instant_of(&self, moment: Uptime) -> Instant {
        Instant::now() + moment.since(self.now())
    }

    /// What the program's clock shows (or would have shown) at `moment`. Always the same for the same moment.
    pub fn timestamp_of(&self, moment: Uptime) -> Timestamp {
        self.wall_origin.minus(self.origin.since(moment)).plus(moment.since(self.origin))
    }
}

fn read_uptime() -> io::Result<Uptime> {
    let text = fs::read_to_string("/proc/uptime")?;
    let seconds = text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    let seconds = seconds.ok_or_else(|| io::Error::other(format!("/proc/uptime: expected seconds, found {text:?}")))?;
    Ok(Uptime((seconds * 1000.0) as u64))
}

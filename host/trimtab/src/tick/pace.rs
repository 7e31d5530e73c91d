//! When to tick: at the planned times, earlier when nudged, and at another time when the policy asks.

use std::time::Duration;

use adapters::clock::Clock;
use scaling_core::spec::TargetSpec;
use scaling_core::units::{Timestamp, millis};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::world::World;

/// The shortest time from one tick to the next, however often it is nudged.
const SHORTEST_REST: Duration = Duration::from_millis(50);

/// Ticks of all targets with the same interval share a grid that begins when the program began, shifted
/// by a small phase each, so that they don't all wake at the same instant.
pub struct Pace {
    clock: Clock,
    origin: Timestamp,
    interval: Duration,
    phase: Duration,
    /// The next planned tick.
    due: Timestamp,
    last: Option<Timestamp>,
}

/// Why and when a tick began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// When it began.
    pub now: Timestamp,
    /// When it should have begun; for one that is not due, `now`.
    pub planned: Timestamp,
    /// False: nudged before its time.
    pub due: bool,
    /// Number of the planned tick on the grid: all targets of that interval share it.
    pub slot: u64,
}

impl Pace {
    /// The first tick comes at once, after the target's phase.
    pub fn new(world: &World, spec: &TargetSpec) -> Self {
        let now = world.clock.now();
        let phase = world.phase.min(spec.interval / 2);
        Self {
            clock: world.clock,
            origin: world.origin,
            interval: spec.interval,
            phase,
            due: now.plus(phase),
            last: None,
        }
    }

    /// Waits for the next tick; `None` at shutdown.
    pub async fn next(&mut self, nudge: &Notify, shutdown: &CancellationToken) -> Option<Wake> {
        if let Some(last) = self.last {
            let rest = self.clock.instant_of(last.plus(SHORTEST_REST.min(self.interval / 2)));
            tokio::select! {
                () = shutdown.cancelled() => return None,
                () = tokio::time::sleep_until(rest) => {}
            }
        }
        let due = tokio::select! {
            biased;
            () = shutdown.cancelled() => return None,
            () = tokio::time::sleep_until(self.clock.instant_of(self.due)) => true,
            () = nudge.notified() => false,
        };
        let now = self.clock.now();
        let planned = if due { self.due } else { now };
        if due {
            self.due = self.after(now);
        }
        self.last = Some(now);
        Some(Wake { now, planned, due, slot: self.slot(now) })
    }

    /// The policy asked for another time than the planned one.
    pub fn again(&mut self, again_in: Option<Duration>) {
        if let (Some(span), Some(last)) = (again_in, self.last) {
            self.due = last.plus(span);
        }
    }

    fn slot(&self, now: Timestamp) -> u64 {
        millis(now.since(self.origin)) / millis(self.interval).max(1)
    }

    /// The first planned tick after `now`; those that were missed are skipped, not queued.
    fn after(&self, now: Timestamp) -> Timestamp {
        let interval = millis(self.interval).max(1);
        let passed = millis(now.since(self.origin.plus(self.phase)));
        self.origin.plus(self.phase).plus(Duration::from_millis((passed / interval + 1) * interval))
    }
}

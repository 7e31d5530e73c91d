//! When to tick: at the planned times, earlier when nudged, and at another time when the policy asks.

use std::time::Duration;

use adapters::clock::Clock;
use scaling_core::controller::Controller;
use scaling_core::units::{Timestamp, millis};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::world::World;

/// The shortest time from one tick to the next, however often it is nudged.
const SHORTEST_REST: Duration = Duration::from_millis(50);

/// Planned ticks of one target within one place of the grid that can be told from each other.
const TICKS_IN_PLACE: u64 = 1 << 16;

/// Ticks of all targets with the same interval share a grid that begins when the program began, shifted
/// by a small phase each, so that they don't all wake at the same instant.
pub struct Pace {
    clock: Clock,
    origin: Timestamp,
    interval: Duration,
    phase: Duration,
    /// The next planned tick.
    due: Timestamp,
    /// The last tick of this run.
    last: Option<Timestamp>,
    slot: u64,
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
    /// Which answers of the sources are good enough: all targets of that interval share a slot, and each
    /// planned tick has a new one.
    pub slot: u64,
}

impl Pace {
    /// The first tick comes at once, after the target's phase. It is a planned one only if the last run's
    /// last planned one is an interval ago: a host that is restarted often evaluates no more often.
    pub fn new(world: &World, controller: &Controller) -> Self {
        let (now, interval) = (world.clock.now(), controller.spec().interval);
        let phase = world.phase.min(interval / 2);
        let earliest = controller.memory().last_due.map(|last| last.plus(interval)).unwrap_or_default();
        // A time far ahead is that of a clock that was wrong.
        let due = now.plus(phase).max(earliest.min(now.plus(interval)));
        Self { clock: world.clock, origin: world.origin, interval, phase, due, last: None, slot: 0 }
    }

    /// Waits for the next tick; `None` at shutdown.
    pub async fn next(&mut self, nudge: &Notify, shutdown: &CancellationToken) -> Option<Wake> {
        let soonest = match self.last {
            Some(last) => last.plus(SHORTEST_REST.min(self.interval / 2)),
            None => self.clock.now().plus(self.phase),
        };
        tokio::select! {
            () = shutdown.cancelled() => return None,
            () = tokio::time::sleep_until(self.clock.instant_of(soonest)) => {}
        }
        if self.last.is_some() {
            tokio::select! {
                () = shutdown.cancelled() => return None,
                () = tokio::time::sleep_until(self.clock.instant_of(self.due)) => {}
                () = nudge.notified() => {}
            }
        }
        Some(self.wake(self.clock.now()))
    }

    /// The policy asked for another time than the planned one. An early wake may only bring it nearer.
    pub fn again(&mut self, again_in: Option<Duration>, wake: Wake) {
        let Some(span) = again_in else { return };
        let asked = wake.now.plus(span);
        self.due = if wake.due { asked } else { self.due.min(asked) };
    }

    fn wake(&mut self, now: Timestamp) -> Wake {
        let (planned, due) = if self.due <= now { (self.due, true) } else { (now, false) };
        if due {
            self.due = self.after(now);
            self.slot = self.next_slot(now);
        }
        self.last = Some(now);
        Wake { now, planned, due, slot: self.slot }
    }

    /// The grid's place; a second planned tick in the same place (the policy asked for it) has a slot of its own.
    fn next_slot(&self, now: Timestamp) -> u64 {
        let place = millis(now.since(self.origin)) / millis(self.interval).max(1) + 1;
        (place * TICKS_IN_PLACE).max(self.slot + 1)
    }

    /// The first planned tick after `now`; those that were missed are skipped, not queued.
    fn after(&self, now: Timestamp) -> Timestamp {
        let interval = millis(self.interval).max(1);
        let passed = millis(now.since(self.origin.plus(self.phase)));
        self.origin.plus(self.phase).plus(Duration::from_millis((passed / interval + 1) * interval))
    }
}

//! The lab itself: what the other tests stand on.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod real_swarm;
mod real_systemd;

//! The lab itself: what the other tests stand on.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod real_systemd;

//! One host of systemd fails, in the whole program: the others don't notice, and it goes on when it is back.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod real_systemd;

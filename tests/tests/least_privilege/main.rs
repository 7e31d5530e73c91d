//! Trimtab as `examples/systemd-service` installs it: a user of its own that may do little, and that little works.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod real_systemd;
mod shipped;

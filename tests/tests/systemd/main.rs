//! The backend `systemd`, in the whole program and on a real systemd.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod real_systemd;

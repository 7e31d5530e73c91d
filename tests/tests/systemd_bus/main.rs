//! The bus of the systemd backend, against a real systemd.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod real_systemd;

//! `examples/drakvuf`: real Karton consumers and real RQ workers under a real systemd, sized by Trimtab.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod real_systemd;
mod shipped;

//! The kit as policy authors use it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod border;
mod functions;
mod places;
mod victims;

//! Hostile and clumsy policies, run for real: what each of them meets, and that the next good one
//! is none the worse for it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod guest;
mod loading;
mod stage;
mod surviving;
mod verdicts;
mod crowd;
mod wasi;

//! Hostile and clumsy policies, run for real: what each of them meets, and that the next good one
//! is none the worse for it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bundled;
mod crowd;
mod guest;
mod loading;
mod mutations;
mod preparing;
mod stage;
mod surviving;
mod verdicts;
mod wasi;

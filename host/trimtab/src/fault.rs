//! Fault injection for the kill tests: the program kills itself at a given step.
//!
//! Only in builds with debug assertions; a release build has no such thing. `TRIMTAB_DIE_AT=STEP:N` dies
//! the Nth time that STEP is reached, as by `kill -9`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adapters::backend::process::Checkpoint;

/// The steps of a tick at which a test may end the host; the process backend has steps of its own.
pub const STEPS: [&str; 3] = ["decided", "recorded", "handed-over"];

static REACHED: AtomicU32 = AtomicU32::new(0);

/// Dies here if the environment says so.
pub fn may_die_at(step: &str) {
    if cfg!(debug_assertions)
        && let Ok(order) = std::env::var("TRIMTAB_DIE_AT")
        && let Some((at, times)) = order.split_once(':')
        && at == step
        && times.parse() == Ok(REACHED.fetch_add(1, Ordering::SeqCst) + 1)
    {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}

/// The same for the steps of a backend.
pub fn checkpoint() -> Arc<dyn Checkpoint> {
    Arc::new(MayDie)
}

struct MayDie;

impl Checkpoint for MayDie {
    fn reached(&self, step: &'static str) {
        may_die_at(step);
    }
}

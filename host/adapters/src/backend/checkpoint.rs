//! Where a test may kill the host.

/// Is told of every step, on the thread that did it.
///
/// The product uses [`NoCheckpoint`]; a test ends the process at a drawn step, to see that nothing is lost or
/// doubled.
pub trait Checkpoint: Send + Sync {
    /// `step` is one of [`STEPS`].
    fn reached(&self, step: &'static str);
}

/// The roster was written to a temporary file that is not yet in its place.
pub const ROSTER_WRITTEN: &str = "roster-written";
/// The new roster is in its place; nothing of what it announces was done.
pub const ROSTER_PLACED: &str = "roster-placed";
/// The roster says that a worker is being started; it is not started.
pub const BEFORE_SPAWN: &str = "before-spawn";
/// A worker runs; the roster does not know its pid.
pub const AFTER_SPAWN: &str = "after-spawn";
/// A stop signal was sent; the roster does not say so.
pub const SIGNALLED: &str = "signalled";
/// A worker was seen to have ended; the roster does not say so.
pub const EXIT_SEEN: &str = "exit-seen";

/// Every step that is told.
pub const STEPS: [&str; 6] = [ROSTER_WRITTEN, ROSTER_PLACED, BEFORE_SPAWN, AFTER_SPAWN, SIGNALLED, EXIT_SEEN];

/// Does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCheckpoint;

impl Checkpoint for NoCheckpoint {
    fn reached(&self, _step: &'static str) {}
}

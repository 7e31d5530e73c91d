//! Waiting for what is to come: looks again and again, and gives up at a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take until a test gives up on it.
const SOON: Duration = Duration::from_secs(30);

/// Between two looks. Each may start a process or two.
const LOOK: Duration = Duration::from_millis(20);

/// Looks until there is something to see. Panics with `what` and the log, if that takes too long.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>, log: impl FnOnce() -> String) -> T {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "waited {SOON:?}, and not yet: {what}\n{}", log());
        thread::sleep(LOOK);
    }
}

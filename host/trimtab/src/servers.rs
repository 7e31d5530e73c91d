//! The one place where a task is started that belongs to no target.

use tokio::task::JoinHandle;

/// Starts a listener. Whoever starts it keeps the handle and waits for its end.
pub fn spawn(server: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(server)
}

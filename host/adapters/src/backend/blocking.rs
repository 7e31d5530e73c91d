//! Work that may block, on a thread that may.

/// Does what may block elsewhere. A panic there goes on here.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down: this task is not polled again.
        Err(_) => std::future::pending().await,
    }
}

//! systemd's watchdog: told from the loop that also hears signals, so that a loop that hangs is seen.

use sd_notify::NotifyState;

/// Waits half the watchdog's time (for ever if there is none), then says that we are alive.
pub async fn beat() {
    match sd_notify::watchdog_enabled() {
        Some(limit) => {
            tokio::time::sleep(limit / 2).await;
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        }
        None => std::future::pending::<()>().await,
    }
}

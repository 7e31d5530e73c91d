//! systemd's watchdog: told from the loop that also hears signals, so that a loop that hangs is seen.

use sd_notify::NotifyState;
use tokio::time::Interval;

/// Beats at half the watchdog's time; without one, never.
pub struct Watchdog {
    beats: Option<Interval>,
}

impl Watchdog {
    /// As systemd asks in the environment.
    pub fn from_environment() -> Self {
        Self { beats: sd_notify::watchdog_enabled().map(|limit| tokio::time::interval(limit / 2)) }
    }

    /// Waits for the next beat, and says that we are alive.
    pub async fn beat(&mut self) {
        match &mut self.beats {
            Some(beats) => {
                beats.tick().await;
                let _ = sd_notify::notify(&[NotifyState::Watchdog]);
            }
            None => std::future::pending().await,
        }
    }
}

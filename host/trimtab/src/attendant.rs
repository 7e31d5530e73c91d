//! Hears signals and beats the watchdog, also while something long is being done.

use crate::shutdown::{Asked, Signals};
use crate::watchdog::Watchdog;

/// Hears and beats.
pub struct Attendant {
    signals: Signals,
    watchdog: Watchdog,
    /// Heard while something was being done.
    heard: Vec<Asked>,
}

impl Attendant {
    /// From now on no signal that we listen to ends the program by itself.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { signals: Signals::listen()?, watchdog: Watchdog::from_environment(), heard: Vec::new() })
    }

    /// What is asked next; a stop comes before a reload.
    pub async fn next(&mut self) -> Asked {
        if self.heard.contains(&Asked::Stop) {
            return Asked::Stop;
        }
        if let Some(asked) = self.heard.pop() {
            return asked;
        }
        self.hear().await
    }

    /// Does `work`, unless asked to stop: then that is all.
    pub async fn until_stopped<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        self.attend(work, 1).await
    }

    /// Does `work` to its end, unless asked twice to stop. Other wishes wait.
    pub async fn to_the_end<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        self.attend(work, 2).await
    }

    async fn attend<T>(&mut self, work: impl Future<Output = T>, mut stops: u32) -> Option<T> {
        tokio::pin!(work);
        loop {
            let asked = tokio::select! {
                done = &mut work => return Some(done),
                asked = self.hear() => asked,
            };
            stops -= u32::from(asked == Asked::Stop);
            if stops == 0 {
                return None;
            }
            if !self.heard.contains(&asked) {
                self.heard.push(asked);
            }
        }
    }

    async fn hear(&mut self) -> Asked {
        loop {
            tokio::select! {
                asked = self.signals.next() => return asked,
                () = self.watchdog.beat() => {}
            }
        }
    }
}

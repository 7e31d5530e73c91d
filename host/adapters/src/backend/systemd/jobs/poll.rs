//! Round after round of questions.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::ask::Asker;
use super::board::Board;
use super::config::JobsConfig;
use crate::backend::systemd::template::Instance;
use crate::clock::Clock;

/// Asks about the wanted instances, again and again.
pub(super) struct Poll {
    pub config: JobsConfig,
    pub asker: Asker,
    pub board: Arc<Board>,
    pub clock: Clock,
    pub wanted: watch::Receiver<BTreeSet<Instance>>,
}

impl Poll {
    /// Until nobody can want anything any more.
    pub async fn run(mut self) {
        loop {
            let began = Instant::now();
            let instances = self.wanted.borrow_and_update().clone();
            self.board.keep_only(&instances);
            self.round(&instances).await;
            if !self.pause(began + self.config.every.get(), instances.is_empty()).await {
                return;
            }
        }
    }

    async fn round(&self, instances: &BTreeSet<Instance>) {
        if instances.is_empty() {
            return;
        }
        let mut round = pin!(self.asker.round(instances, &self.board));
        loop {
            tokio::select! {
                () = &mut round => return,
                () = sleep(self.config.every.get()) => self.board.expire(self.clock.now()),
            }
        }
    }

    /// Waits for the next round, or for other instances to be wanted; without any only for that. `false`: it was
    /// the last.
    async fn pause(&mut self, until: Instant, without_any: bool) -> bool {
        let change = self.wanted.changed();
        let changed = if without_any { Ok(change.await) } else { timeout_at(until, change).await };
        !matches!(changed, Ok(Err(_)))
    }
}

//! Jobs in hand by what the workers of RQ say of themselves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use scaling_core::units::millis;
use tokio::time::timeout;

use super::Unknown;
use super::ask::{Pattern, note_all};
use super::board::Board;
use super::config::RqJobs;
use crate::backend::systemd::template::Instance;
use crate::clock::Clock;
use crate::source::SourceError;
use crate::source::redis::RedisLink;
use crate::source::rq::{Activity, WorkerState, worker_state};

/// One worker of RQ for each instance.
pub(super) struct RqWorkers {
    worker: Pattern,
    link: Arc<RedisLink>,
    patience: Duration,
}

impl RqWorkers {
    pub fn new(config: &RqJobs, link: Arc<RedisLink>, patience: Duration) -> Self {
        Self { worker: Pattern::new(&config.worker), link, patience }
    }

    pub async fn round(&self, instances: &BTreeSet<Instance>, board: &Board, clock: Clock) {
        let at = clock.now();
        let names: Vec<String> = instances.iter().map(|instance| self.worker.of(instance)).collect();
        let late = |_| Err(SourceError::Timeout { limit_ms: millis(self.patience) });
        let states = try_join_all(names.iter().map(|name| worker_state(&self.link, name)));
        match timeout(self.patience, states).await.unwrap_or_else(late) {
            Ok(states) => {
                for ((instance, name), state) in instances.iter().zip(&names).zip(states) {
                    board.note(instance, at, jobs(name, state.as_ref()));
                }
            }
            Err(error) => note_all(instances, board, clock, &Unknown::Source(error)),
        }
    }
}

/// RQ's worker has one job at a time. It calls itself busy before it takes hold of the job, and idle after.
fn jobs(name: &str, state: Option<&WorkerState>) -> Result<u32, Unknown> {
    match state.map(|state| state.activity) {
        Some(Activity::Busy) => Ok(1),
        Some(Activity::Idle | Activity::Suspended) => Ok(0),
        Some(Activity::Started | Activity::Unknown) => Err(Unknown::NeitherIdleNorBusy(name.to_owned())),
        None => Err(Unknown::NoWorker(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_says_so_is_idle() {
        let of = |activity| {
            let state = WorkerState { activity, current_job: None, heartbeat: None, birth: None };
            jobs("w", Some(&state)).ok()
        };
        assert_eq!([Activity::Busy, Activity::Idle, Activity::Suspended].map(of), [Some(1), Some(0), Some(0)]);
        assert_eq!([Activity::Started, Activity::Unknown].map(of), [None; 2]);
        assert_eq!(jobs("w", None), Err(Unknown::NoWorker("w".to_owned())));
    }
}

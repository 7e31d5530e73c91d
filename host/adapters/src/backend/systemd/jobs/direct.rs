//! Asks instances directly: a file or an address of each.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use scaling_core::units::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::Unknown;
use super::ask::{Pattern, note_all};
use super::board::Board;
use super::config::{FileJobs, HttpJobs};
use crate::backend::OpenError;
use crate::backend::probe::{HttpProbe, NoAnswer, jobs_in, read_start};
use crate::backend::systemd::template::Instance;
use crate::clock::Clock;

/// Requests on their way at once.
const REQUESTS_AT_ONCE: usize = 64;

/// Files with numbers of jobs.
pub(super) struct Files {
    path: Pattern,
}

/// Addresses that answer with numbers of jobs.
pub(super) struct Addresses {
    url: Pattern,
    probe: HttpProbe,
    places: Semaphore,
}

impl Files {
    pub fn new(config: &FileJobs) -> Self {
        Self { path: Pattern::new(&config.path) }
    }

    /// Reads them one after the other, on one thread for blocking work. It is waited for however long it takes, so
    /// that a file system that hangs holds one thread and not one more for each round.
    pub async fn round(&self, instances: &BTreeSet<Instance>, board: &Board, clock: Clock) {
        let files: Vec<_> = instances.iter().map(|it| (it.clone(), PathBuf::from(self.path.of(it)))).collect();
        let read = move || -> Vec<(Instance, Timestamp, Result<u32, NoAnswer>)> {
            let read_one = |(instance, path): (Instance, PathBuf)| {
                let at = clock.now();
                (instance, at, read_start(&path).and_then(|answer| jobs_in(&answer)))
            };
            files.into_iter().map(read_one).collect()
        };
        match spawn_blocking(read).await {
            Ok(answers) => {
                for (instance, at, answer) in answers {
                    board.note(&instance, at, answer.map_err(Unknown::from));
                }
            }
            Err(error) => note_all(instances, board, clock, &Unknown::Internal(format!("reading failed: {error}"))),
        }
    }
}

impl Addresses {
    pub fn new(config: &HttpJobs, patience: Duration) -> Result<Self, OpenError> {
        let (url, probe) = (Pattern::new(&config.url), HttpProbe::new(patience)?);
        Ok(Self { url, probe, places: Semaphore::new(REQUESTS_AT_ONCE) })
    }

    pub async fn round(&self, instances: &BTreeSet<Instance>, board: &Board, clock: Clock) {
        let ask = |instance| async move {
            let _place = self.places.acquire().await;
            let at = clock.now();
            let answer = self.probe.get(&self.url.of(instance)).await.and_then(|answer| jobs_in(&answer));
            board.note(instance, at, answer.map_err(Unknown::from));
        };
        instances.iter().map(ask).collect::<FuturesUnordered<_>>().collect::<()>().await;
    }
}

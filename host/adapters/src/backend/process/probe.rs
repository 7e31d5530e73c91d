//! Asks a worker whether it is ready, and how many jobs it has in hand.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, sleep_until};

use super::config::{JobsProbe, ProcessConfig, Ready};
use super::report::JobsInHand;
use super::roster::Start;
use super::supervisor::Event;
use super::words::Words;
use crate::backend::error::OpenError;
use crate::backend::probe::{HttpProbe, jobs_in, read_start};
use crate::clock::Clock;

/// Between two questions to one that is not ready.
const WHILE_STARTING: Duration = Duration::from_millis(200);
/// Between two questions to one that was ready.
const WHILE_READY: Duration = Duration::from_secs(5);
/// Between two questions how many jobs it has.
const JOBS_INTERVAL: Duration = Duration::from_secs(1);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// So many answers in a row must be missing before one that was ready is unhealthy.
const MISSES: u32 = 3;

/// Asks the workers of one target. Cheap to copy.
#[derive(Clone, Debug)]
pub struct Probes {
    config: Arc<ProcessConfig>,
    http: Option<HttpProbe>,
    clock: Clock,
}

impl Probes {
    /// Those that the config asks for.
    pub fn new(config: Arc<ProcessConfig>, clock: Clock) -> Result<Self, OpenError> {
        let needs_http = matches!(config.ready, Ready::Http(_)) || matches!(config.jobs, Some(JobsProbe::Http(_)));
        let http = needs_http.then(|| HttpProbe::new(PATIENCE)).transpose()?;
        Ok(Self { config, http, clock })
    }

    /// Tells the supervisor when the worker becomes ready, stops being so, and is so again.
    pub async fn watch_health(self, words: Words, start: Start, began: Began, events: mpsc::Sender<Event>) {
        let mut healthy = began.was_ready;
        let mut misses = 0;
        if let Ready::Delay(delay) = self.config.ready {
            sleep_until(began.at + delay.get()).await;
            let _ = events.send(Event::Health(start, true)).await;
            return;
        }
        loop {
            let answered = self.is_ready(&words).await;
            misses = if answered { 0 } else { misses + 1 };
            if answered != healthy && (answered || misses >= MISSES) {
                healthy = answered;
                let _ = events.send(Event::Health(start, healthy)).await;
            }
            sleep(if healthy && misses == 0 { WHILE_READY } else { WHILE_STARTING }).await;
        }
    }

    /// Keeps `jobs` up to date. What is not known is `None`, never 0.
    pub async fn watch_jobs(self, words: Words, jobs: JobsInHand) {
        let Some(probe) = self.config.jobs.clone() else { return };
        loop {
            let answer = match &probe {
                JobsProbe::File(path) => read(words.fill_path(path)).await,
                JobsProbe::Http(url) => self.get(&words.fill(url)).await,
            };
            let count = answer.and_then(|answer| jobs_in(&answer).ok());
            jobs.set(count.map(|count| (count, self.clock.now())));
            sleep(JOBS_INTERVAL).await;
        }
    }

    async fn is_ready(&self, words: &Words) -> bool {
        match &self.config.ready {
            Ready::Delay(_) => true,
            Ready::File(path) => tokio::fs::try_exists(words.fill_path(path)).await.unwrap_or(false),
            Ready::Http(url) => self.get(&words.fill(url)).await.is_some(),
        }
    }

    /// The start of what an address answers; `None` unless it is a success.
    async fn get(&self, url: &str) -> Option<Vec<u8>> {
        self.http.as_ref()?.get(url).await.ok()
    }
}

/// When a worker began, as its watch must know it.
#[derive(Clone, Copy, Debug)]
pub struct Began {
    /// When it was started.
    pub at: Instant,
    /// The roster says that it is ready.
    pub was_ready: bool,
}

async fn read(path: PathBuf) -> Option<Vec<u8>> {
    spawn_blocking(move || read_start(&path)).await.ok()?.ok()
}

//! Asks a worker whether it is ready, and how many jobs it has in hand.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::config::{JobsProbe, ProcessConfig, Ready};
use super::report::JobsInHand;
use super::roster::Start;
use super::supervisor::Event;
use super::words::Words;
use crate::backend::error::OpenError;
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
/// Longest answer that is read.
const ANSWER_BYTES: usize = 4096;

/// Asks the workers of one target. Cheap to copy.
#[derive(Clone, Debug)]
pub struct Probes {
    config: Arc<ProcessConfig>,
    http: Option<reqwest::Client>,
    clock: Clock,
}

impl Probes {
    /// Those that the config asks for.
    pub fn new(config: Arc<ProcessConfig>, clock: Clock) -> Result<Self, OpenError> {
        let needs_http = matches!(config.ready, Ready::Http(_)) || matches!(config.jobs, Some(JobsProbe::Http(_)));
        let http = needs_http.then(client).transpose()?;
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
                JobsProbe::File(path) => read_start(&words.fill_path(path)).await,
                JobsProbe::Http(url) => self.get(&words.fill(url)).await,
            };
            let count = answer.as_deref().and_then(parse_jobs);
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

    /// The beginning of what an address answers; `None` unless it is a success.
    async fn get(&self, url: &str) -> Option<Vec<u8>> {
        let client = self.http.as_ref()?;
        let answer = async {
            let mut response = client.get(url).send().await.ok()?.error_for_status().ok()?;
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.ok()? {
                body.extend_from_slice(&chunk);
                if body.len() > ANSWER_BYTES {
                    break;
                }
            }
            Some(body)
        };
        timeout(PATIENCE, answer).await.ok()?
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

/// Workers are asked directly: no proxy, no redirects.
fn client() -> Result<reqwest::Client, OpenError> {
    crate::tls::install();
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    builder.build().map_err(|error| OpenError::Http(error.to_string()))
}

async fn read_start(path: &Path) -> Option<Vec<u8>> {
    let file = tokio::fs::File::open(path).await.ok()?;
    let mut bytes = Vec::new();
    file.take(ANSWER_BYTES as u64).read_to_end(&mut bytes).await.ok()?;
    Some(bytes)
}

fn parse_jobs(answer: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Answer {
        jobs: u32,
    }
    let text = std::str::from_utf8(answer).ok()?.trim();
    text.parse().ok().or_else(|| serde_json::from_str::<Answer>(text).ok().map(|answer| answer.jobs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_a_number_or_in_an_object() {
        assert_eq!(parse_jobs(b"3\n"), Some(3));
        assert_eq!(parse_jobs(br#"{"jobs": 0, "name": "x"}"#), Some(0));
        for garbled in [&b""[..], b"-1", b"2.5", b"none", b"{}", b"\xff", br#"{"jobs": null}"#] {
            assert_eq!(parse_jobs(garbled), None, "{garbled:?}");
        }
    }
}

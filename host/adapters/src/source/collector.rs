//! A collector asks one distinct question for all targets that want its answer: once for each tick,
//! never twice at the same time, and never longer than its time-out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use scaling_core::observation::{Quality, Series, SubjectKind};
use scaling_core::units::{Timestamp, millis};
use tokio::time::{Instant, timeout_at};

use super::health::SourceHealth;
use super::jobs::JobEvent;
use super::memory::Memory;
use super::{Answer, Reading, Source, SourceError};

/// More series than this in one answer are a mistake in the question.
pub const MAX_SERIES: usize = 1024;

/// The contract's limit on the samples of one series.
pub const MAX_SAMPLES: usize = 1024;

/// The limits of a collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorSettings {
    /// Longest that a tick waits for an answer.
    pub timeout: Duration,
    /// A series whose newest sample is older than this is stale.
    pub staleness: Duration,
    /// The longest window that anyone asks for; see also [`Collector::widen`].
    pub window: Duration,
    /// Most samples kept of one series, or shown of one `jobs.*` series.
    pub max_samples: usize,
}

impl CollectorSettings {
    /// Stale after three intervals without an answer, [`MAX_SAMPLES`] at most.
    pub fn for_interval(interval: Duration, timeout: Duration, window: Duration) -> Self {
        Self { timeout, staleness: interval.saturating_mul(3), window, max_samples: MAX_SAMPLES }
    }
}

/// What one target wants to see of the answer: an `input` of its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The series' name for this target. An indicator of jobs is asked by its own name for all four
    /// series, or by the name of one of them ([`JobEvent::of`]).
    pub name: String,
    /// What the series shall be about.
    pub subject: SubjectKind,
    /// How far back.
    pub window: Duration,
}

/// Asks a source on behalf of many, and remembers.
pub struct Collector {
    source: Box<dyn Source>,
    settings: CollectorSettings,
    /// The slot that was answered, well or badly. Locked while a query is under way.
    answered: tokio::sync::Mutex<Option<u64>>,
    /// Queries that have ended: who waited for one takes its answer instead of asking anew.
    ended: AtomicU64,
    memory: Mutex<Memory>,
}

impl Collector {
    /// A collector that has asked nothing yet.
    pub fn new(source: Box<dyn Source>, settings: CollectorSettings) -> Self {
        let memory = Mutex::new(Memory::keeping(settings.window));
        let (answered, ended) = Default::default();
        Self { source, settings, answered, ended, memory }
    }

    /// Keeps windows of at least this length from now on, for an asker that came later.
    pub fn widen(&self, window: Duration) {
        let mut memory = self.memory();
        memory.window = memory.window.max(window);
    }

    /// What is known at `now` about each ask, after asking the source if nobody has in this `slot`.
    ///
    /// `slot` is the number of the planned tick (now / interval). A query that fails counts as the
    /// slot's answer too: the windows stay as they are and grow stale by age. Returns within the time-out.
    pub async fn series(&self, now: Timestamp, slot: u64, asks: &[Ask]) -> Vec<Series> {
        self.ask_once(now, slot).await;
        let jobs = self.source.gives_jobs();
        let memory = self.memory();
        asks.iter().flat_map(|ask| memory.answer(ask, now, &self.settings, jobs)).collect()
    }

    /// Refills the windows from series of an earlier run. Jobs are left out: they are told anew.
    pub fn preload(&self, series: Vec<Series>) {
        let mut memory = self.memory();
        for Series { subject, quality, samples, attributes, .. } in
            series.into_iter().filter(|s| JobEvent::of(&s.name).is_none())
        {
            let Some(newest) = samples.last().map(|sample| sample.at) else { continue };
            memory
                .absorb_reading(Reading { subject, samples, attributes, partial: quality == Quality::Partial }, newest);
        }
    }

    /// How the source has been doing.
    pub fn health(&self) -> SourceHealth {
        self.memory().health.clone()
    }

    async fn ask_once(&self, now: Timestamp, slot: u64) {
        let deadline = Instant::now() + self.settings.timeout;
        let ended = self.ended.load(Ordering::Acquire);
        let Ok(mut answered) = timeout_at(deadline, self.answered.lock()).await else { return };
        let joined_a_query = self.ended.load(Ordering::Acquire) != ended;
        if answered.is_none_or(|last| last < slot) && !joined_a_query {
            self.query(now, deadline).await;
            self.ended.fetch_add(1, Ordering::Release);
        }
        *answered = (*answered).max(Some(slot));
    }

    async fn query(&self, now: Timestamp, deadline: Instant) {
        let started = Instant::now();
        let window = self.memory().window;
        let answer = match timeout_at(deadline, self.source.ask(now, window)).await {
            Ok(answer) => answer.and_then(within_limits),
            Err(_) => Err(SourceError::Timeout { limit_ms: millis(self.settings.timeout) }),
        };
        let latency = started.elapsed();
        let mut memory = self.memory();
        match answer {
            Ok(answer) => {
                memory.absorb(answer, now);
                memory.health.succeeded(now, latency);
            }
            Err(error) => memory.health.failed(now, latency, &error),
        }
        memory.prune(now, &self.settings);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // A panic elsewhere leaves readings as they were: each is whole or not there.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within_limits(answer: Answer) -> Result<Answer, SourceError> {
    match &answer {
        Answer::Readings(readings) if readings.len() > MAX_SERIES => {
            let text =
                format!("answered {} series, at most {MAX_SERIES} can be used: narrow the question", readings.len());
            Err(SourceError::Garbled(text))
        }
        _ => Ok(answer),
    }
}

#[cfg(test)]
#[path = "collector_tests.rs"]
mod tests;

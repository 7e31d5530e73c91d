//! Source `rq`: how much work a queue of RQ has, asked over a connection to its Redis.
//!
//! ```toml
//! [source.queue.redis]
//! address = "127.0.0.1:6379"
//!
//! [target.drakrun.indicator.demand.rq]
//! source = "queue"
//! queue = "drakrun-analysis"
//! read = "demand"               # or waiting, running, orphans, oldest-age, workers
//!
//! [target.drakrun.indicator.analyses.rq]
//! source = "queue"
//! queue = "drakrun-analysis"
//! jobs = true                   # the series analyses.jobs.queued, .running, .waited and .finished
//! ```
//!
//! What an orphan is, and what can't be known: RATIONALE.md beside this file.

mod ask;
mod fields;
mod job;
mod jobs;
mod keys;
mod running;
mod worker;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use ask::RqSource;
pub use worker::{Activity, WorkerState, worker_state};

use super::redis::RedisLink;

/// `[target.T.indicator.NAME.rq]`: what to know of a queue. Exactly one of `read` and `jobs` is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Name of the source: a `redis`, RQ's.
    pub source: String,
    /// The queue, such as `drakrun-analysis`.
    pub queue: String,
    /// One number.
    #[serde(default)]
    pub read: Option<Read>,
    /// Single jobs: the `jobs.*` series.
    #[serde(default)]
    pub jobs: bool,
    /// First word of RQ's keys, as in its `RQ_KEY_PREFIX`. Default `rq`.
    #[serde(default)]
    pub key_prefix: Option<String>,
}

/// What can be read of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// Jobs in the queue.
    Waiting,
    /// Jobs taken and not ended, orphans among them.
    Running,
    /// Waiting and running, without orphans: the work that there is to do.
    Demand,
    /// Jobs taken by a worker that is gone.
    Orphans,
    /// Seconds since the oldest of those that wait was queued; zero if none waits.
    OldestAge,
    /// Workers of the queue that give signs of life.
    Workers,
}

impl Question {
    pub(crate) fn over(self, link: Arc<RedisLink>) -> RqSource {
        RqSource::new(self, link)
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let mut issues = Vec::new();
        if self.queue.is_empty() {
            issues.push("queue: the name of a queue of RQ is expected, such as \"default\"".to_owned());
        }
        if self.key_prefix.as_ref().is_some_and(String::is_empty) {
            issues.push("key-prefix: the first word of RQ's keys is expected; leave it out for \"rq\"".to_owned());
        }
        if self.read.is_some() == self.jobs {
            issues.push(
                "exactly one of read (waiting, running, demand, orphans, oldest-age or workers) and jobs = true is \
                 expected"
                    .to_owned(),
            );
        }
        issues
    }
}

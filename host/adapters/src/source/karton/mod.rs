//! Source `karton`: how much work an identity of Karton has, asked over a connection to its Redis.
//!
//! ```toml
//! [source.queue.redis]
//! address = "127.0.0.1:6379"
//!
//! [target.drakrun.indicator.demand.karton]
//! source = "queue"
//! identity = "karton.drakrun-prod"
//! read = "demand"               # or waiting, running, orphans, oldest-age, consumers
//! started-timeout = "4h"        # optional, with demand and orphans
//!
//! [target.drakrun.indicator.urgent.karton]
//! source = "queue"
//! identity = "karton.drakrun-prod"
//! read = "waiting"
//! priority = "high"             # optional, with waiting and oldest-age
//!
//! [target.drakrun.indicator.analyses.karton]
//! source = "queue"
//! identity = "karton.drakrun-prod"
//! jobs = true                   # the series analyses.jobs.queued, .running, .waited and .finished
//! ```
//!
//! `waiting` and `oldest-age` look at the queues alone. All else reads every task in Redis, at most
//! 100,000, once for all questions of a tick. `orphans`, `demand` and `consumers` need `CLIENT LIST` and
//! `INFO`. Why, and what can't be known: RATIONALE.md beside this file.

mod ask;
mod busy;
mod census;
mod jobs;
mod presence;
mod queues;
mod task;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use ask::KartonSource;
pub use busy::{StartedTask, started_tasks};
pub(crate) use census::Desk;
pub use queues::Priority;

use super::redis::RedisLink;
use crate::span::Span;

/// `[target.T.indicator.NAME.karton]`: what to know of an identity. Exactly one of `read` and `jobs` is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Name of the source: a `redis`, Karton's.
    pub source: String,
    /// The consumers' identity, such as `karton.drakrun-prod`.
    pub identity: String,
    /// One number.
    #[serde(default)]
    pub read: Option<Read>,
    /// Single jobs: the `jobs.*` series.
    #[serde(default)]
    pub jobs: bool,
    /// Only tasks of this priority, of those that wait.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// A task that was taken longer ago is an orphan, whoever is online. Longer than any task may take.
    #[serde(default)]
    pub started_timeout: Option<Span>,
}

/// What can be read of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// Tasks in its queues.
    Waiting,
    /// Tasks taken and not ended, orphans among them, as Karton's dashboard counts them.
    Running,
    /// Waiting and running, without orphans: the work that there is to do.
    Demand,
    /// Tasks taken by a consumer that is gone.
    Orphans,
    /// Seconds since the oldest of those that wait was routed; zero if none waits.
    OldestAge,
    /// Consumers that are connected.
    Consumers,
}

impl Question {
    pub(crate) fn over(self, link: Arc<RedisLink>) -> KartonSource {
        KartonSource::new(self, link)
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let mut issues = Vec::new();
        if self.identity.is_empty() || self.identity.contains([' ', '?']) {
            issues.push(
                "identity: the name of Karton consumers is expected, without blanks and question marks".to_owned(),
            );
        }
        if self.read.is_some() == self.jobs {
            issues.push(
                "exactly one of read (waiting, running, demand, orphans, oldest-age or consumers) and jobs = true is \
                 expected"
                    .to_owned(),
            );
        }
        if self.priority.is_some() && !matches!(self.read, Some(Read::Waiting | Read::OldestAge)) {
            issues.push("priority goes with read = \"waiting\" or \"oldest-age\" only".to_owned());
        }
        let tells_orphans = self.jobs || matches!(self.read, Some(Read::Demand | Read::Orphans));
        match self.started_timeout {
            Some(_) if !tells_orphans => {
                issues.push("started-timeout goes with jobs and with read = \"demand\" or \"orphans\" only".to_owned());
            }
            Some(span) if span.get().is_zero() => {
                issues.push("started-timeout must be longer than any task may take, such as \"2h\"".to_owned());
            }
            _ => {}
        }
        issues
    }
}

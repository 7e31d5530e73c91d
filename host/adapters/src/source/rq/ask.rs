//! Putting a question about a queue.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use redis::{Cmd, FromRedisValue, Value as Reply, cmd};
use scaling_core::units::{Timestamp, Value};

use super::job::Job;
use super::keys::Prefix;
use super::running::taken;
use super::worker::states;
use super::{Question, Read};
use crate::source::lives::Lives;
use crate::source::redis::RedisLink;
use crate::source::{Answer, Reading, Source, SourceError};

/// How far from its head a queue is searched for the oldest job: some may have been put in front.
const HEAD: isize = 100;

/// A question over an open connection.
pub(crate) struct RqSource {
    pub(super) question: Question,
    pub(super) prefix: Prefix,
    pub(super) link: Arc<RedisLink>,
    pub(super) lives: Mutex<Lives>,
}

#[async_trait]
impl Source for RqSource {
    async fn ask(&self, now: Timestamp, window: Duration) -> Result<Answer, SourceError> {
        let queue = self.queue();
        match self.question.read {
            None => self.jobs(now, window).await.map(Answer::Jobs),
            Some(Read::Waiting) => self.size(now, "LLEN", self.prefix.queue(queue)).await,
            Some(Read::Running) => self.size(now, "ZCARD", self.prefix.running(queue)).await,
            Some(Read::OldestAge) => self.oldest_age(now).await,
            Some(Read::Workers) => self.workers(now).await,
            Some(Read::Orphans) => self.orphans_or_demand(now, false).await,
            Some(Read::Demand) => self.orphans_or_demand(now, true).await,
        }
    }

    fn gives_jobs(&self) -> bool {
        self.question.jobs
    }
}

impl RqSource {
    pub fn new(question: Question, link: Arc<RedisLink>) -> Self {
        let prefix = question.key_prefix.clone().map_or_else(Prefix::default, Prefix);
        Self { question, prefix, link, lives: Mutex::default() }
    }

    pub(super) fn queue(&self) -> &str {
        &self.question.queue
    }

    /// Sends one command.
    pub(super) async fn tell<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, SourceError> {
        let reply = self.link.batch(vec![command.clone()]).await?.pop().unwrap_or(Ok(Reply::Nil))?;
        redis::from_redis_value(reply).map_err(|error| SourceError::Garbled(error.to_string()))
    }

    async fn size(&self, now: Timestamp, command: &str, key: String) -> Result<Answer, SourceError> {
        let size: u64 = self.tell(cmd(command).arg(key)).await?;
        Ok(number(now, size as f64, false))
    }

    async fn oldest_age(&self, now: Timestamp) -> Result<Answer, SourceError> {
        let ids: Vec<String> =
            self.tell(cmd("LRANGE").arg(self.prefix.queue(self.queue())).arg(0).arg(HEAD - 1)).await?;
        if ids.is_empty() {
            return Ok(number(now, 0.0, false));
        }
        let jobs = Job::read(&self.link, &self.prefix, &ids).await?;
        let partial = jobs.iter().flatten().count() < ids.len() || jobs.iter().flatten().any(|job| job.garbled);
        let oldest = jobs.iter().flatten().filter_map(|job| job.queued).min();
        Ok(oldest.map_or_else(Answer::nothing, |queued| number(now, now.since(queued).as_secs_f64(), partial)))
    }

    async fn workers(&self, now: Timestamp) -> Result<Answer, SourceError> {
        let keys: Vec<String> = self.tell(cmd("SMEMBERS").arg(self.prefix.workers(self.queue()))).await?;
        let names: Vec<String> =
            keys.iter().filter_map(|key| self.prefix.worker_name(key)).map(str::to_owned).collect();
        let alive = states(&self.link, &self.prefix, &names).await?.into_iter().flatten().count();
        Ok(number(now, alive as f64, false))
    }

    async fn orphans_or_demand(&self, now: Timestamp, demand: bool) -> Result<Answer, SourceError> {
        let waiting: u64 = self.tell(cmd("LLEN").arg(self.prefix.queue(self.queue()))).await?;
        let taken = taken(&self.link, &self.prefix, self.queue(), now).await?;
        let orphans = taken.iter().filter(|taken| taken.is_orphan).count();
        let count = if demand { waiting + (taken.len() - orphans) as u64 } else { orphans as u64 };
        Ok(number(now, count as f64, false))
    }
}

fn number(now: Timestamp, number: f64, partial: bool) -> Answer {
    let reading = Value::new(number).map(|value| Reading { partial, ..Reading::of_target(now, value) });
    Answer::Readings(reading.into_iter().collect())
}

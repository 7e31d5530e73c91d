//! Putting a question about an identity.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use redis::{Cmd, Value as Reply};
use scaling_core::units::{Timestamp, Value};
use tokio::time::Instant;

use super::census::Census;
use super::presence::{self, Presence};
use super::queues::{self, Oldest};
use super::task::Task;
use super::{Question, Read};
use crate::source::lives::Lives;
use crate::source::redis::RedisLink;
use crate::source::{Answer, Reading, Source, SourceError};

/// A question over an open connection.
pub(crate) struct KartonSource {
    pub(super) question: Question,
    pub(super) link: Arc<RedisLink>,
    pub(super) lives: Mutex<Lives>,
}

/// Started tasks, oldest first, told apart.
pub(super) struct Started<'a> {
    pub held: Vec<(&'a str, &'a Task)>,
    pub orphans: usize,
}

#[async_trait]
impl Source for KartonSource {
    async fn ask(&self, now: Timestamp, window: Duration) -> Result<Answer, SourceError> {
        match self.question.read {
            None => self.jobs(now, window).await.map(Answer::Jobs),
            Some(Read::Waiting) => self.waiting(now).await,
            Some(Read::OldestAge) => self.oldest_age(now).await,
            Some(Read::Running) => self.running(now).await,
            Some(Read::Consumers) => self.consumers(now).await,
            Some(Read::Orphans) => self.orphans_or_demand(now, false).await,
            Some(Read::Demand) => self.orphans_or_demand(now, true).await,
        }
    }

    fn gives_jobs(&self) -> bool {
        self.question.jobs
    }
}

impl KartonSource {
    pub fn new(question: Question, link: Arc<RedisLink>) -> Self {
        Self { question, link, lives: Mutex::default() }
    }

    pub(super) fn identity(&self) -> &str {
        &self.question.identity
    }

    fn lists(&self) -> Vec<String> {
        queues::lists(self.identity(), self.question.priority)
    }

    async fn waiting(&self, now: Timestamp) -> Result<Answer, SourceError> {
        let waiting = queues::total(self.link.batch(queues::lengths(&self.lists())).await?)?;
        Ok(number(now, waiting as f64, false))
    }

    /// One that was routed in the future, by a clock ahead of ours, has waited for no time.
    async fn oldest_age(&self, now: Timestamp) -> Result<Answer, SourceError> {
        Ok(match queues::oldest(&self.link, &self.lists()).await? {
            Oldest::NoneWaits => number(now, 0.0, false),
            Oldest::Since(since, partial) => number(now, now.since(since).as_secs_f64(), partial),
            Oldest::Unknown => Answer::nothing(),
        })
    }

    async fn running(&self, now: Timestamp) -> Result<Answer, SourceError> {
        let census = self.link.karton.census(&self.link, Instant::now()).await?;
        Ok(number(now, census.started(self.identity()).len() as f64, census.is_partial(self.identity())))
    }

    async fn consumers(&self, now: Timestamp) -> Result<Answer, SourceError> {
        let consumers = presence::consumers(&self.link, self.identity()).await?;
        Ok(number(now, consumers.online as f64, false))
    }

    async fn orphans_or_demand(&self, now: Timestamp, demand: bool) -> Result<Answer, SourceError> {
        let mut commands: Vec<Cmd> = presence::questions(self.identity()).into();
        commands.extend(queues::lengths(&self.lists()));
        let mut presence = self.link.batch(commands).await?;
        let waiting = queues::total(presence.split_off(presence::QUESTIONS))?;
        let census = self.link.karton.census(&self.link, Instant::now()).await?;
        let started = self.started(&census, presence, now).await?;
        let count = if demand { waiting + started.held.len() as u64 } else { started.orphans as u64 };
        Ok(number(now, count as f64, census.is_partial(self.identity())))
    }

    /// Tells orphans from tasks that somebody has, by the answers to [`presence::questions`] from before
    /// the census.
    ///
    /// Without permission to list clients they are told by `started-timeout`, if there is one.
    pub(super) async fn started<'a>(
        &self,
        census: &'a Census,
        answers: Vec<Result<Reply, SourceError>>,
        now: Timestamp,
    ) -> Result<Started<'a>, SourceError> {
        let all = census.started(self.identity());
        let total = all.len();
        let is_fresh =
            |task: &Task| self.question.started_timeout.is_none_or(|timeout| now.since(task.since) <= timeout.get());
        let mut held: Vec<(&str, &Task)> = all.into_iter().filter(|(_, task)| is_fresh(task)).collect();
        match Presence::of(answers, self.identity(), now) {
            Ok(presence) => {
                let orphan = self.orphans(presence, &held).await?;
                let mut orphan = orphan.into_iter();
                held.retain(|_| !orphan.next().unwrap_or(false));
            }
            Err(SourceError::Denied(_)) if self.question.started_timeout.is_some() => {}
            Err(error) => return Err(error),
        }
        let orphans = total - held.len();
        Ok(Started { held, orphans })
    }

    /// Which of the tasks are orphans. If some seem to be, the consumers are looked at once more: one
    /// may have come and taken a task since.
    async fn orphans(&self, mut presence: Presence, tasks: &[(&str, &Task)]) -> Result<Vec<bool>, SourceError> {
        let tasks: Vec<&Task> = tasks.iter().map(|(_, task)| *task).collect();
        let first = presence.orphans(&tasks);
        if !first.contains(&true) {
            return Ok(first);
        }
        let again = presence::consumers(&self.link, self.identity()).await?;
        presence.consumers = presence.consumers.at_most(again);
        Ok(presence.orphans(&tasks))
    }
}

fn number(now: Timestamp, number: f64, partial: bool) -> Answer {
    let reading = Value::new(number).map(|value| Reading { partial, ..Reading::of_target(now, value) });
    Answer::Readings(reading.into_iter().collect())
}

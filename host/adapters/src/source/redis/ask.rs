//! Putting a question to a Redis.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::try_join_all;
use redis::{Cmd, Value as Reply, cmd};
use scaling_core::units::{Timestamp, Value};

use super::link::{Failure, RedisLink};
use super::{Group, Keys, Question, Wanted};
use crate::source::{Answer, Reading, Source, SourceError};

/// A question over an open connection.
pub(crate) struct RedisSource {
    question: Question,
    link: Arc<RedisLink>,
}

#[async_trait]
impl Source for RedisSource {
    async fn ask(&self, now: Timestamp, _window: Duration) -> Result<Answer, SourceError> {
        let numbers = match self.question.wanted().map_err(SourceError::Garbled)? {
            Wanted::Size(command, keys) => self.sizes(command, keys).await?,
            Wanted::Value(keys) => self.values(keys).await?,
            Wanted::Lag(group) => vec![self.lag(group).await?],
            Wanted::Pending(group) => vec![self.pending(group).await?],
        };
        Ok(summed(&numbers, now))
    }
}

impl RedisSource {
    pub fn new(question: Question, link: Arc<RedisLink>) -> Self {
        Self { question, link }
    }

    async fn sizes(&self, command: &'static str, keys: &Keys) -> Result<Vec<Option<f64>>, SourceError> {
        try_join_all(keys.names().iter().map(|key| async move {
            let size: u64 = self.at_key(cmd(command).arg(key), key, command).await?;
            Ok(Some(size as f64))
        }))
        .await
    }

    async fn values(&self, keys: &Keys) -> Result<Vec<Option<f64>>, SourceError> {
        try_join_all(keys.names().iter().map(|key| async move {
            let text: Option<Vec<u8>> = self.at_key(cmd("GET").arg(key), key, "GET").await?;
            text.map(|text| number(&text, key)).transpose()
        }))
        .await
    }

    /// `None`: Redis cannot tell, for example after entries in the middle were deleted.
    async fn lag(&self, group: &Group) -> Result<Option<f64>, SourceError> {
        let mut command = cmd("XINFO");
        command.arg("GROUPS").arg(&group.stream);
        let groups: Vec<BTreeMap<String, Reply>> = self.at_key(&command, &group.stream, "XINFO GROUPS").await?;
        let is_ours = |told: &&BTreeMap<String, Reply>| matches!(told.get("name"), Some(name) if text(name) == Some(&group.consumer_group));
        let ours = groups.iter().find(is_ours).ok_or_else(|| {
            SourceError::Garbled(format!("stream {:?} has no consumer group {:?}", group.stream, group.consumer_group))
        })?;
        match ours.get("lag") {
            Some(Reply::Int(lag)) => Ok(Some(*lag as f64)),
            Some(Reply::Nil) => Ok(None),
            _ => Err(SourceError::Garbled("XINFO GROUPS tells no lag: that needs Redis 7".to_owned())),
        }
    }

    async fn pending(&self, group: &Group) -> Result<Option<f64>, SourceError> {
        let mut command = cmd("XPENDING");
        command.arg(&group.stream).arg(&group.consumer_group);
        let summary: Vec<Reply> = self.at_key(&command, &group.stream, "XPENDING").await?;
        match summary.first() {
            Some(Reply::Int(count)) => Ok(Some(*count as f64)),
            _ => Err(SourceError::Garbled("XPENDING did not begin with a number".to_owned())),
        }
    }

    async fn at_key<T: redis::FromRedisValue>(&self, command: &Cmd, key: &str, what: &str) -> Result<T, SourceError> {
        match self.link.query(command).await {
            Ok(value) => Ok(value),
            Err(Failure::Other(error)) => Err(error),
            Err(Failure::WrongType) => Err(self.wrong_type(key, what).await),
        }
    }

    async fn wrong_type(&self, key: &str, what: &str) -> SourceError {
        let found: Result<String, Failure> = self.link.query(cmd("TYPE").arg(key)).await;
        let found = found.unwrap_or_else(|_| "something else".to_owned());
        SourceError::Garbled(format!("{}: key {key:?} holds a {found}, which {what} can't tell", self.link.place()))
    }
}

/// The sum of what is known; partial if some is not, nothing if none is.
fn summed(numbers: &[Option<f64>], now: Timestamp) -> Answer {
    let known: Vec<f64> = numbers.iter().flatten().copied().filter(|number| number.is_finite()).collect();
    let sum = Value::new(known.iter().sum()).filter(|_| !known.is_empty());
    let partial = known.len() < numbers.len();
    let reading = sum.map(|value| Reading { partial, ..Reading::of_target(now, value) });
    Answer::Readings(reading.into_iter().collect())
}

fn number(bytes: &[u8], key: &str) -> Result<f64, SourceError> {
    let number = std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| SourceError::Garbled(format!("key {key:?} holds a text that is no number")))
}

fn text(reply: &Reply) -> Option<&str> {
    match reply {
        Reply::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Reply::SimpleString(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_left_out_and_never_zero() {
        let at = Timestamp(5);
        let sum = |numbers: &[Option<f64>]| match summed(numbers, at) {
            Answer::Readings(readings) => {
                readings.first().map(|reading| (reading.samples[0].value.get(), reading.partial))
            }
            Answer::Jobs(_) => unreachable!("sums are readings"),
        };
        assert_eq!(sum(&[Some(1.0), Some(2.0)]), Some((3.0, false)));
        assert_eq!(sum(&[Some(1.0), None]), Some((1.0, true)));
        assert_eq!(sum(&[Some(1.0), Some(f64::NAN)]), Some((1.0, true)));
        assert_eq!(sum(&[None, None]), None);
    }

    #[test]
    fn a_text_is_a_number_or_an_error_that_does_not_repeat_it() {
        assert_eq!(number(b" 42.5\n", "k"), Ok(42.5));
        let refusal = number(b"hunter2", "k").unwrap_err().to_string();
        assert_eq!(refusal, "key \"k\" holds a text that is no number");
    }
}

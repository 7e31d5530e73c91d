//! Which consumers of an identity are connected, and what that says about the tasks that were taken.
//!
//! See RATIONALE.md beside this file for what can be known and what can't.

use std::time::Duration;

use redis::{Cmd, Value as Reply, cmd};
use scaling_core::units::Timestamp;
use serde_json::Value as Json;

use super::task::Task;
use crate::source::SourceError;
use crate::source::redis::RedisLink;

/// Consumers of one identity, as Redis sees their connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Consumers {
    /// Connected.
    pub online: usize,
    /// Of these, how many wait for a task at this moment.
    pub waiting: usize,
}

/// What is needed to tell orphans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Presence {
    pub consumers: Consumers,
    /// One consumer may have many tasks at once (Karton 5's asyncio consumers).
    pub is_async: bool,
    /// Redis answers since then. A consumer that took a task earlier need not have connected again.
    pub redis_since: Timestamp,
}

/// Number of commands of [`questions`].
pub(super) const QUESTIONS: usize = 3;

/// What is asked to know the [`Presence`].
pub(super) fn questions(identity: &str) -> [Cmd; QUESTIONS] {
    let [mut bind, mut server] = [cmd("HGET"), cmd("INFO")];
    bind.arg("karton.binds").arg(identity);
    server.arg("server");
    [clients(), server, bind]
}

fn clients() -> Cmd {
    cmd("CLIENT").arg("LIST").clone()
}

/// The consumers alone.
pub(super) async fn consumers(link: &RedisLink, identity: &str) -> Result<Consumers, SourceError> {
    let list = link.batch(vec![clients()]).await?.pop().unwrap_or(Ok(Reply::Nil));
    Ok(Consumers::among(&readable("CLIENT LIST", list)?, identity))
}

impl Presence {
    /// From the answers to [`questions`].
    pub fn of(answers: Vec<Result<Reply, SourceError>>, identity: &str, now: Timestamp) -> Result<Self, SourceError> {
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or(Ok(Reply::Nil));
        let (list, server, bind) = (next(), next(), next());
        Ok(Self {
            consumers: Consumers::among(&readable("CLIENT LIST", list)?, identity),
            redis_since: now.minus(uptime(&readable("INFO", server)?)?),
            is_async: is_async(&bind?),
        })
    }

    /// How many of the `started` tasks (oldest first) nobody can have any more, and which are these: the
    /// second is true for each that is an orphan.
    ///
    /// A consumer has one task at a time, and none while it waits for one. So of the tasks taken since
    /// Redis is up, there can't be more than consumers that don't wait; the oldest are the orphans.
    pub fn orphans(&self, started: &[&Task]) -> Vec<bool> {
        let Consumers { online, waiting } = self.consumers;
        let hands = match (online, self.is_async) {
            (0, _) => 0,
            (_, true) => usize::MAX,
            (_, false) => online.saturating_sub(waiting),
        };
        let earlier = started.iter().take_while(|task| task.since < self.redis_since).count();
        let surplus = (started.len() - earlier).saturating_sub(hands);
        (0..started.len()).map(|index| (earlier..earlier + surplus).contains(&index)).collect()
    }
}

impl Consumers {
    /// Each line of `CLIENT LIST` is `key=value key=value ..`; the name is `IDENTITY` or `IDENTITY?INFO`.
    fn among(list: &str, identity: &str) -> Self {
        let value = |line: &str, key: &str| -> Option<String> {
            line.split(' ').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=').map(str::to_owned))
        };
        let is_ours = |line: &&str| value(line, "name").is_some_and(|name| name.split('?').next() == Some(identity));
        let ours: Vec<&str> = list.lines().filter(is_ours).collect();
        let waits = |line: &&&str| value(line, "flags").is_some_and(|flags| flags.contains('b'));
        Self { online: ours.len(), waiting: ours.iter().filter(waits).count() }
    }

    /// As many hands as either look saw: a consumer that came or went in between is no reason to call a
    /// task an orphan.
    pub fn at_most(self, other: Self) -> Self {
        let hands = |it: Self| it.online.saturating_sub(it.waiting);
        let online = self.online.max(other.online);
        Self { online, waiting: online - hands(self).max(hands(other)) }
    }
}

fn readable(what: &str, answer: Result<Reply, SourceError>) -> Result<String, SourceError> {
    match answer {
        Ok(Reply::BulkString(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Ok(Reply::VerbatimString { text, .. } | Reply::SimpleString(text)) => Ok(text),
        Ok(_) => Err(SourceError::Garbled(format!("{what} did not answer a text"))),
        Err(SourceError::Denied(text)) => Err(SourceError::Denied(format!(
            "{text}: to tell consumers and orphans the user needs +client|list and +info"
        ))),
        Err(error) => Err(error),
    }
}

fn uptime(info: &str) -> Result<Duration, SourceError> {
    let seconds = info.lines().find_map(|line| line.strip_prefix("uptime_in_seconds:")?.trim().parse().ok());
    // Redis tells whole seconds.
    let seconds: u64 = seconds.ok_or_else(|| SourceError::Garbled("INFO tells no uptime_in_seconds".to_owned()))?;
    Ok(Duration::from_secs(seconds))
}

/// Whether the bind says so; one of Karton 2 to 4 says nothing.
fn is_async(bind: &Reply) -> bool {
    let Reply::BulkString(bind) = bind else { return false };
    serde_json::from_slice(bind).is_ok_and(|bind: Json| bind.get("is_async") == Some(&Json::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::super::task::Status;
    use super::*;

    fn task(since: u64) -> Task {
        Task {
            root_uid: String::new(),
            orig_uid: None,
            receiver: None,
            status: Status::Started,
            since: Timestamp(since),
        }
    }

    fn orphans(presence: Presence, since: &[u64]) -> Vec<u64> {
        let tasks: Vec<Task> = since.iter().map(|&since| task(since)).collect();
        let flags = presence.orphans(&tasks.iter().collect::<Vec<_>>());
        since.iter().zip(flags).filter(|(_, orphan)| *orphan).map(|(&since, _)| since).collect()
    }

    fn with(online: usize, waiting: usize) -> Presence {
        Presence { consumers: Consumers { online, waiting }, is_async: false, redis_since: Timestamp(100) }
    }

    #[test]
    fn there_are_no_more_tasks_than_hands() {
        assert_eq!(orphans(with(2, 0), &[110, 120]), [0; 0]);
        assert_eq!(orphans(with(2, 0), &[110, 120, 130]), [110], "the oldest");
        assert_eq!(orphans(with(0, 0), &[110, 120]), [110, 120]);
        assert_eq!(orphans(with(3, 3), &[]), [0; 0]);
    }

    #[test]
    fn a_consumer_that_waits_has_no_task() {
        // Killed in mid-task, and started again by systemd: it is online, and its old task is an orphan.
        assert_eq!(orphans(with(2, 1), &[110, 120]), [110]);
        assert_eq!(orphans(with(2, 2), &[110, 120]), [110, 120]);
    }

    #[test]
    fn tasks_from_before_redis_came_up_prove_nothing() {
        assert_eq!(orphans(with(0, 0), &[50, 60]), [0; 0]);
        assert_eq!(orphans(with(1, 0), &[50, 110, 120]), [110]);
    }

    #[test]
    fn an_asyncio_consumer_may_have_many_while_it_lives() {
        let presence = |online| Presence { is_async: true, ..with(online, online) };
        assert_eq!(orphans(presence(1), &[110, 120, 130]), [0; 0]);
        assert_eq!(orphans(presence(0), &[110]), [110]);
    }

    #[test]
    fn consumers_are_found_by_their_names_whatever_info_follows() {
        let list = "id=3 addr=1.2.3.4:5 name=karton.a age=3 flags=b cmd=blpop\n\
                    id=4 addr=1.2.3.4:6 name=karton.a?karton_version=5.9.1 age=3 flags=N cmd=set\n\
                    id=5 name=karton.a.b flags=b\nid=6 name= flags=N\nid=7 name=karton flags=N lib-name=karton.a\n\ngarbage";
        assert_eq!(Consumers::among(list, "karton.a"), Consumers { online: 2, waiting: 1 });
        assert_eq!(Consumers::among("", "karton.a"), Consumers { online: 0, waiting: 0 });
    }

    #[test]
    fn of_two_looks_the_one_with_more_hands_counts() {
        let look = |online, waiting| Consumers { online, waiting };
        assert_eq!(look(1, 1).at_most(look(1, 0)), look(1, 0), "it took a task in between");
        assert_eq!(look(1, 0).at_most(look(0, 0)), look(1, 0), "it finished and left");
    }

    #[test]
    fn what_is_missing_is_an_error_and_a_refusal_says_what_is_needed() {
        assert!(uptime("# Server\r\nredis_version:7.0.15\r\n").is_err());
        assert_eq!(uptime("uptime_in_seconds:12\r\nuptime_in_days:0\r\n"), Ok(Duration::from_secs(12)));
        let refusal = readable("CLIENT LIST", Err(SourceError::Denied("NOPERM".to_owned()))).unwrap_err();
        assert!(refusal.to_string().contains("+client|list"), "{refusal}");
    }

    #[test]
    fn binds_of_all_versions() {
        let is = |bind: &str| is_async(&Reply::BulkString(bind.into()));
        assert!(is(r#"{"is_async": true}"#));
        assert!(!is(r#"{"is_async": false}"#) && !is(r#"{"info": null}"#) && !is("[]") && !is("{"));
        assert!(!is_async(&Reply::Nil));
    }
}

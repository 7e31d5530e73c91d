//! The lists in which routed tasks wait.

use std::collections::BTreeSet;

use redis::{Cmd, Value as Reply, cmd};
use scaling_core::units::Timestamp;
use serde::{Deserialize, Serialize};

use super::census::MAX_TASKS;
use super::task::{Status, Task};
use crate::source::SourceError;
use crate::source::redis::RedisLink;

/// Karton's priority of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Taken first.
    High,
    /// The default.
    Normal,
    /// Taken when nothing else waits.
    Low,
}

/// Uids read by one `LRANGE`.
const UIDS_AT_ONCE: usize = 2000;

/// How far from its head a queue is searched for a task that can be read.
const HEAD: isize = 16;

/// The lists of an identity: those of Karton 3 and later, and the one of Karton 2, which has no
/// priority and is still served first. With a priority, its list alone.
pub(super) fn lists(identity: &str, priority: Option<Priority>) -> Vec<String> {
    let list = |word: &str| format!("karton.queue.{word}:{identity}");
    match priority {
        Some(Priority::High) => vec![list("high")],
        Some(Priority::Normal) => vec![list("normal")],
        Some(Priority::Low) => vec![list("low")],
        None => vec![identity.to_owned(), list("high"), list("normal"), list("low")],
    }
}

/// `LLEN` of each list.
pub(super) fn lengths(lists: &[String]) -> Vec<Cmd> {
    lists.iter().map(|list| cmd("LLEN").arg(list).clone()).collect()
}

/// The sum of the answers to [`lengths`].
pub(super) fn total(replies: impl IntoIterator<Item = Result<Reply, SourceError>>) -> Result<u64, SourceError> {
    replies.into_iter().try_fold(0_u64, |sum, reply| match reply? {
        Reply::Int(length) => Ok(sum + u64::try_from(length).unwrap_or(0)),
        _ => Err(SourceError::Garbled("LLEN did not answer a number".to_owned())),
    })
}

/// When the task that has waited longest was routed. New ones are added at the end, so it is at a head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Oldest {
    /// All lists are empty.
    NoneWaits,
    /// Since when, and whether records before it could not be read.
    Since(Timestamp, bool),
    /// There are tasks, and none of those at the heads can be read.
    Unknown,
}

/// Looks at the heads of the lists.
pub(super) async fn oldest(link: &RedisLink, lists: &[String]) -> Result<Oldest, SourceError> {
    let heads = lists.iter().map(|list| cmd("LRANGE").arg(list).arg(0).arg(HEAD - 1).clone()).collect();
    let mut keys = Vec::new();
    for reply in link.batch(heads).await? {
        keys.extend(texts(reply?).into_iter().map(|uid| format!("karton.task:{uid}")));
    }
    if keys.is_empty() {
        return Ok(Oldest::NoneWaits);
    }
    let records = link.batch(vec![cmd("MGET").arg(&keys).clone()]).await?.pop().unwrap_or(Ok(Reply::Nil))?;
    Ok(oldest_of(records))
}

fn oldest_of(records: Reply) -> Oldest {
    let Reply::Array(records) = records else { return Oldest::Unknown };
    let read = |record: &Reply| match record {
        Reply::BulkString(record) => Task::read(record).ok().map(|(_, task)| task),
        _ => None,
    };
    let tasks: Vec<Option<Task>> = records.iter().map(read).collect();
    // One that is read as Started was taken in between.
    let waiting = tasks.iter().flatten().filter(|task| task.status == Status::Spawned);
    match waiting.map(|task| task.since).min() {
        Some(since) => Oldest::Since(since, tasks.iter().any(Option::is_none)),
        None if tasks.iter().all(Option::is_some) => Oldest::NoneWaits,
        None => Oldest::Unknown,
    }
}

/// The uids in the lists, all of them.
///
/// Each list is read from its end: consumers take from the head, which does not move places that are
/// counted from the end, and what is added meanwhile makes some come twice and none be missed.
pub(super) async fn uids(link: &RedisLink, lists: &[String]) -> Result<BTreeSet<String>, SourceError> {
    let mut uids = BTreeSet::new();
    for list in lists {
        let mut from_end = 0;
        loop {
            let piece = piece(list, from_end);
            let found = texts(link.batch(vec![piece]).await?.pop().unwrap_or(Ok(Reply::Nil))?);
            let is_last = found.len() < UIDS_AT_ONCE;
            uids.extend(found);
            from_end += UIDS_AT_ONCE;
            if uids.len() > MAX_TASKS {
                return Err(SourceError::Garbled(format!("more than {MAX_TASKS} tasks wait: too many to read each")));
            }
            if is_last {
                break;
            }
        }
    }
    Ok(uids)
}

fn piece(list: &str, from_end: usize) -> Cmd {
    let (first, last) = (-((from_end + UIDS_AT_ONCE) as i64), -(from_end as i64) - 1);
    cmd("LRANGE").arg(list).arg(first).arg(last).clone()
}

fn texts(reply: Reply) -> Vec<String> {
    let Reply::Array(found) = reply else { return Vec::new() };
    let text = |one: Reply| if let Reply::BulkString(bytes) = one { String::from_utf8(bytes).ok() } else { None };
    found.into_iter().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(status: &str, at: u32) -> Reply {
        let text =
            format!(r#"{{"uid": "u", "root_uid": "r", "status": "{status}", "last_update": {at}, "headers": {{}}}}"#);
        Reply::BulkString(text.into_bytes())
    }

    #[test]
    fn the_oldest_is_found_among_the_heads() {
        let oldest = |records: Vec<Reply>| oldest_of(Reply::Array(records));
        let (late, early) = (record("Spawned", 20), record("Spawned", 10));
        assert_eq!(oldest(vec![late.clone(), early.clone()]), Oldest::Since(Timestamp(10_000), false));
        assert_eq!(oldest(vec![Reply::Nil, late]), Oldest::Since(Timestamp(20_000), true), "one could not be read");
        assert_eq!(oldest(vec![Reply::Nil, Reply::BulkString(b"{".to_vec())]), Oldest::Unknown, "not: none waits");
        assert_eq!(oldest(vec![record("Started", 5)]), Oldest::NoneWaits, "taken in between");
    }

    #[test]
    fn all_lists_or_that_of_one_priority() {
        assert_eq!(lists("k", None), ["k", "karton.queue.high:k", "karton.queue.normal:k", "karton.queue.low:k"]);
        assert_eq!(lists("k", Some(Priority::Low)), ["karton.queue.low:k"]);
    }
}

//! All tasks of a Redis, read in one go and shared by all who ask in the same moment.
//!
//! Karton keeps no index of running tasks: who wants to know them reads all. `SCAN` and `MGET` go in
//! small pieces, so that Redis serves others in between, and the names of the next piece are asked for
//! together with the records of the last.

use std::collections::BTreeMap;
use std::sync::Arc;

use redis::{Cmd, Value as Reply, cmd};
use tokio::sync::Mutex;
use tokio::time::{Duration, Instant};

use super::task::{Garbled, Status, Task};
use crate::source::SourceError;
use crate::source::redis::RedisLink;

/// More tasks than this are not read.
pub(super) const MAX_TASKS: usize = 100_000;

/// Matches `karton.task:UID` and, since Karton 5.4, `karton.task:{ROOT}:UID`.
const TASK_KEYS: &str = "karton.task:*";

/// Keys that one `SCAN` looks at.
const SCAN_COUNT: usize = 1000;

/// Records that one `MGET` reads.
const RECORDS_AT_ONCE: usize = 200;

/// Who read the queues this much after a census began may still use it: questions of the same tick
/// come within a moment, and a consumer needs about as long from taking a task to marking it.
const SAME_MOMENT: Duration = Duration::from_millis(20);

/// All tasks, as they were while it was taken.
#[derive(Debug, Default)]
pub(super) struct Census {
    /// By uid.
    pub tasks: BTreeMap<String, Task>,
    /// Records that are none.
    pub garbled: Vec<Garbled>,
}

/// Where the last census lies.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Option<(Instant, Arc<Census>)>>);

impl Desk {
    /// A census that began after `since`, or in the same moment. Who comes while one is taken waits for it.
    pub(super) async fn census(&self, link: &RedisLink, since: Instant) -> Result<Arc<Census>, SourceError> {
        let mut last = self.0.lock().await;
        if let Some((began, census)) = &*last
            && *began + SAME_MOMENT >= since
        {
            return Ok(census.clone());
        }
        *last = None;
        let began = Instant::now();
        let census = Arc::new(Census::take(link).await?);
        *last = Some((began, census.clone()));
        Ok(census)
    }
}

impl Census {
    async fn take(link: &RedisLink) -> Result<Self, SourceError> {
        let mut census = Self::default();
        let mut keys: Vec<Vec<u8>> = Vec::new();
        let mut seen = 0;
        let mut cursor = Some(0);
        while cursor.is_some() || !keys.is_empty() {
            let mut commands: Vec<Cmd> = keys.chunks(RECORDS_AT_ONCE).map(records).collect();
            commands.extend(cursor.map(names));
            let mut replies = link.batch(commands).await?;
            keys.clear();
            if cursor.is_some() {
                (cursor, keys) = page(replies.pop())?;
                seen += keys.len();
            }
            for reply in replies {
                census.enter(reply?);
            }
            if seen > MAX_TASKS {
                let text = format!("more than {MAX_TASKS} tasks at karton.task:*: too many to count at each tick");
                return Err(SourceError::Garbled(text));
            }
        }
        Ok(census)
    }

    fn enter(&mut self, records: Reply) {
        let Reply::Array(records) = records else { return };
        for record in records {
            // Nil: it was removed since its name was read.
            let Reply::BulkString(record) = record else { continue };
            self.enter_record(&record);
        }
    }

    fn enter_record(&mut self, record: &[u8]) {
        match Task::read(record) {
            Ok((uid, task)) => drop(self.tasks.insert(uid, task)),
            Err(garbled) => self.garbled.push(garbled),
        }
    }

    /// The tasks that `identity` has taken and not finished, oldest first.
    pub fn started(&self, identity: &str) -> Vec<(&str, &Task)> {
        let started = |(_, task): &(&String, &Task)| task.status == Status::Started && task.is_for(identity);
        let mut tasks: Vec<(&str, &Task)> =
            self.tasks.iter().filter(started).map(|(uid, task)| (uid.as_str(), task)).collect();
        tasks.sort_by_key(|(_, task)| task.since);
        tasks
    }

    /// Whether there are records that can't be understood and may be this identity's.
    pub fn is_partial(&self, identity: &str) -> bool {
        self.garbled.iter().any(|garbled| garbled.receiver.as_deref().is_none_or(|receiver| receiver == identity))
    }
}

fn names(cursor: u64) -> Cmd {
    let mut command = cmd("SCAN");
    command.arg(cursor).arg("MATCH").arg(TASK_KEYS).arg("COUNT").arg(SCAN_COUNT);
    command
}

fn records(keys: &[Vec<u8>]) -> Cmd {
    let mut command = cmd("MGET");
    command.arg(keys);
    command
}

/// The next cursor, if there is more, and the names of this page.
fn page(reply: Option<Result<Reply, SourceError>>) -> Result<(Option<u64>, Vec<Vec<u8>>), SourceError> {
    let reply = reply.unwrap_or(Ok(Reply::Nil))?;
    let page: Result<(u64, Vec<Vec<u8>>), _> = redis::from_redis_value(reply);
    let (cursor, keys) = page.map_err(|error| SourceError::Garbled(format!("SCAN: {error}")))?;
    Ok(((cursor != 0).then_some(cursor), keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(uid: &str, receiver: &str, status: &str, at: u32) -> Vec<u8> {
        let text = format!(
            r#"{{"uid": "{uid}", "root_uid": "r", "status": "{status}", "last_update": {at},
                 "headers": {{"receiver": "{receiver}"}}}}"#
        );
        text.into_bytes()
    }

    #[test]
    fn running_tasks_are_those_started_by_the_receiver() {
        let mut census = Census::default();
        for (uid, receiver, status, at) in [
            ("late", "a", "Started", 30),
            ("early", "a", "Started", 10),
            ("done", "a", "Finished", 11),
            ("waits", "a", "Spawned", 12),
            ("theirs", "b", "Started", 13),
        ] {
            census.enter_record(&record(uid, receiver, status, at));
        }
        let uids: Vec<&str> = census.started("a").into_iter().map(|(uid, _)| uid).collect();
        assert_eq!(uids, ["early", "late"]);
    }

    #[test]
    fn a_garbled_record_concerns_whose_it_is_or_all_if_that_is_not_legible() {
        let mut census = Census::default();
        census.enter_record(&record("u", "a", "Paused", 10));
        assert_eq!((census.is_partial("a"), census.is_partial("b")), (true, false));
        census.enter_record(b"\xff");
        assert!(census.is_partial("b"));
    }
}

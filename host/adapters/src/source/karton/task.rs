//! One task as Karton keeps it: JSON at `karton.task:UID`.

use std::borrow::Cow;

use scaling_core::units::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Made, and not routed yet.
    Declared,
    /// Routed to a consumer's queue.
    Spawned,
    /// Taken by a consumer.
    Started,
    /// Done. Karton's own cleaning removes the record within minutes.
    Finished,
    /// Ended with an error.
    Crashed,
}

/// What matters here of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// Name of the whole analysis.
    pub root_uid: String,
    /// The task that this one was routed from.
    pub orig_uid: Option<String>,
    /// The identity that it was routed to.
    pub receiver: Option<String>,
    pub status: Status,
    /// When it came into this status, on the clock of who put it there.
    pub since: Timestamp,
}

/// A record that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Garbled {
    /// Whose it is, if that much is legible.
    pub receiver: Option<String>,
}

impl Task {
    /// Reads a record, of any version of Karton since 3: its uid, and the task.
    pub fn read(record: &[u8]) -> Result<(String, Self), Garbled> {
        let parsed: Option<Record<'_>> = serde_json::from_slice(record).ok();
        let task = parsed.and_then(|record| Some((record.uid.clone().into_owned(), record.task()?)));
        task.ok_or_else(|| Garbled { receiver: legible_receiver(record) })
    }

    /// Whether it was routed to this identity.
    pub fn is_for(&self, identity: &str) -> bool {
        self.receiver.as_deref() == Some(identity)
    }
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    uid: Cow<'a, str>,
    #[serde(borrow)]
    root_uid: Cow<'a, str>,
    #[serde(borrow, default)]
    orig_uid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    headers: Headers,
    last_update: f64,
}

#[derive(Deserialize)]
struct Headers {
    /// Anything may stand in the headers of a task that is not routed yet.
    #[serde(default)]
    receiver: Json,
}

impl Record<'_> {
    fn task(self) -> Option<Task> {
        Some(Task {
            status: status(&self.status)?,
            since: moment(self.last_update)?,
            root_uid: self.root_uid.into_owned(),
            orig_uid: self.orig_uid.map(Cow::into_owned),
            receiver: self.headers.receiver.as_str().map(str::to_owned),
        })
    }
}

fn status(word: &str) -> Option<Status> {
    Some(match word {
        "Declared" => Status::Declared,
        "Spawned" => Status::Spawned,
        "Started" => Status::Started,
        "Finished" => Status::Finished,
        "Crashed" => Status::Crashed,
        _ => return None,
    })
}

/// Seconds since 1970 as Python's `time.time()` gives them.
fn moment(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1000.0).round();
    (milliseconds > 0.0 && milliseconds < u64::MAX as f64).then_some(Timestamp(milliseconds as u64))
}

fn legible_receiver(record: &[u8]) -> Option<String> {
    let whole: Json = serde_json::from_slice(record).ok()?;
    whole.pointer("/headers/receiver")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(edit: impl FnOnce(&mut serde_json::Map<String, Json>)) -> Vec<u8> {
        let mut whole = serde_json::json!({
            "error": null, "headers": {"receiver": "karton.a", "type": "sample"}, "headers_persistent": {},
            "last_update": 1_700_000_000.456_7, "orig_uid": "{r}:o", "parent_uid": null, "payload": {"n": [1]},
            "priority": "normal", "root_uid": "r", "status": "Started", "uid": "{r}:u",
        });
        edit(whole.as_object_mut().unwrap());
        serde_json::to_vec(&whole).unwrap()
    }

    fn with(key: &str, value: Json) -> Vec<u8> {
        record(|whole| drop(whole.insert(key.to_owned(), value)))
    }

    #[test]
    fn a_record_of_today() {
        let task = Task {
            root_uid: "r".to_owned(),
            orig_uid: Some("{r}:o".to_owned()),
            receiver: Some("karton.a".to_owned()),
            status: Status::Started,
            since: Timestamp(1_700_000_000_457),
        };
        assert_eq!(Task::read(&record(|_| ())), Ok(("{r}:u".to_owned(), task)));
    }

    #[test]
    fn a_task_that_is_not_routed_may_have_any_header() {
        for headers in [serde_json::json!({}), serde_json::json!({"receiver": 5}), serde_json::json!({"x": {"y": []}})]
        {
            let (_, task) = Task::read(&with("headers", headers)).unwrap();
            assert_eq!(task.receiver, None);
        }
    }

    #[test]
    fn what_is_garbled_still_tells_whose_it_is_if_it_can() {
        let ours = Err(Garbled { receiver: Some("karton.a".to_owned()) });
        for bad in [
            with("status", "Paused".into()),
            with("status", 3.into()),
            with("last_update", Json::Null),
            with("last_update", "now".into()),
            with("last_update", (-1).into()),
            with("last_update", 1e300.into()),
            record(|whole| drop(whole.remove("uid"))),
            record(|whole| drop(whole.remove("root_uid"))),
        ] {
            assert_eq!(Task::read(&bad), ours, "{}", String::from_utf8_lossy(&bad));
        }
        let whole = record(|_| ());
        for bad in [&b""[..], b"null", b"[]", b"{}", b"\xff\xfe", &whole[..whole.len() - 1], br#"{"uid": "\ud800"}"#] {
            assert_eq!(Task::read(bad), Err(Garbled { receiver: None }));
        }
    }

    #[test]
    fn no_cut_of_a_record_is_taken_for_a_task() {
        let whole = record(|_| ());
        for end in 0..whole.len() {
            assert!(Task::read(&whole[..end]).is_err(), "{end}");
        }
    }
}

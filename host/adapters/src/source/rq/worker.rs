//! What a worker of RQ says of itself, at `rq:worker:NAME`.

use redis::{Value as Reply, cmd};
use scaling_core::units::Timestamp;

use super::fields::{Fields, moment};
use super::keys::Prefix;
use crate::source::SourceError;
use crate::source::redis::RedisLink;

/// What a worker is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It has just come up.
    Started,
    /// It waits for a job.
    Idle,
    /// It has a job.
    Busy,
    /// It was told to take no jobs (`rq suspend`).
    Suspended,
    /// A word that we don't know.
    Unknown,
}

/// A worker that has not said goodbye, and whose last sign of life has not expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerState {
    /// What it is doing.
    pub activity: Activity,
    /// The job that it has; one of them if it has several.
    pub current_job: Option<String>,
    /// Its last sign of life, on its own clock.
    pub heartbeat: Option<Timestamp>,
    /// When it came up, on its own clock.
    pub birth: Option<Timestamp>,
}

/// What a worker says of itself. `None`: there is no such worker, or not any more.
///
/// A worker that was killed stays until its key expires: up to 90 s if it had a job, up to 8 minutes if
/// it had none (the defaults of RQ).
pub async fn worker_state(link: &RedisLink, worker_name: &str) -> Result<Option<WorkerState>, SourceError> {
    let found = states(link, &Prefix::default(), &[worker_name.to_owned()]).await?;
    Ok(found.into_iter().next().flatten())
}

/// The same for many, in their order.
pub(super) async fn states(
    link: &RedisLink,
    prefix: &Prefix,
    names: &[String],
) -> Result<Vec<Option<WorkerState>>, SourceError> {
    let ask = |name: &String| {
        let (mut hash, mut executions) = (cmd("HMGET"), cmd("SRANDMEMBER"));
        hash.arg(prefix.worker(name)).arg(&["birth", "death", "state", "current_job", "last_heartbeat"]);
        // RQ 3 keeps the jobs of a worker here, and no current_job in the hash.
        executions.arg(prefix.worker_executions(name));
        [hash, executions]
    };
    let mut replies = link.batch(names.iter().flat_map(ask).collect()).await?.into_iter();
    let mut states = Vec::with_capacity(names.len());
    while let (Some(hash), Some(execution)) = (replies.next(), replies.next()) {
        states.push(state(&Fields::of(hash?), &execution?));
    }
    Ok(states)
}

fn state(fields: &Fields, execution: &Reply) -> Option<WorkerState> {
    let [birth, death, state, job, heartbeat] = [0, 1, 2, 3, 4].map(|index| fields.text(index));
    if death.is_some() || (birth.is_none() && state.is_none() && heartbeat.is_none()) {
        return None;
    }
    let execution = if let Reply::BulkString(entry) = execution { std::str::from_utf8(entry).ok() } else { None };
    let current_job = job.or_else(|| execution.map(super::keys::job_of));
    Some(WorkerState {
        activity: activity(state),
        current_job: current_job.map(str::to_owned),
        heartbeat: heartbeat.and_then(moment),
        birth: birth.and_then(moment),
    })
}

fn activity(word: Option<&str>) -> Activity {
    match word {
        Some("busy") => Activity::Busy,
        Some("idle") => Activity::Idle,
        Some("suspended") => Activity::Suspended,
        // Born, and not yet at work.
        Some("started") | None => Activity::Started,
        Some(_) => Activity::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: [Option<&str>; 5], execution: Option<&str>) -> Option<WorkerState> {
        let bulk = |text: Option<&str>| text.map_or(Reply::Nil, |text| Reply::BulkString(text.into()));
        state(&Fields::of(Reply::Array(fields.map(bulk).into())), &bulk(execution))
    }

    const BORN: Option<&str> = Some("2023-11-14T22:13:20.250000Z");

    #[test]
    fn a_busy_worker_names_its_job_in_every_version() {
        let busy = WorkerState {
            activity: Activity::Busy,
            current_job: Some("j1".to_owned()),
            heartbeat: None,
            birth: Some(Timestamp(1_700_000_000_250)),
        };
        assert_eq!(told([BORN, None, Some("busy"), Some("j1"), None], None), Some(busy.clone()));
        assert_eq!(told([BORN, None, Some("busy"), None, None], Some("j1:0123")), Some(busy));
    }

    #[test]
    fn one_that_said_goodbye_or_expired_is_no_worker() {
        assert_eq!(told([BORN, BORN, Some("idle"), None, None], None), None);
        assert_eq!(told([None; 5], None), None);
    }

    #[test]
    fn words_that_we_do_not_know_are_not_taken_for_idle() {
        let activity = |word| told([BORN, None, word, None, None], None).unwrap().activity;
        assert_eq!(activity(Some("dreaming")), Activity::Unknown);
        assert_eq!(activity(Some("suspended")), Activity::Suspended);
        assert_eq!(activity(None), Activity::Started);
    }
}

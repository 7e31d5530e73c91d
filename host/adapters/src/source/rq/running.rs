//! Jobs that were taken, and which of them nobody has any more.

use std::collections::{BTreeMap, BTreeSet};

use redis::{Value as Reply, cmd};
use scaling_core::units::Timestamp;

use super::job::Job;
use super::keys::{Prefix, job_of};
use super::worker::{WorkerState, states};
use crate::source::SourceError;
use crate::source::redis::RedisLink;

/// More running jobs than this are not looked at.
const MAX_RUNNING: usize = 10_000;

/// A job in the hands of a worker, or of none.
pub(super) struct Taken {
    pub id: String,
    pub job: Job,
    pub is_orphan: bool,
}

/// All jobs of the queue that were taken and have not ended.
pub(super) async fn taken(
    link: &RedisLink,
    prefix: &Prefix,
    queue: &str,
    now: Timestamp,
) -> Result<Vec<Taken>, SourceError> {
    let entries = entries(link, prefix, queue).await?;
    let ids: Vec<String> = entries.iter().map(|(entry, _)| job_of(entry).to_owned()).collect();
    let jobs = Job::read(link, prefix, &ids).await?;
    let names: BTreeSet<&String> = jobs.iter().flatten().filter_map(|job| job.worker_name.as_ref()).collect();
    let names: Vec<String> = names.into_iter().cloned().collect();
    let workers: BTreeMap<&String, Option<WorkerState>> =
        names.iter().zip(states(link, prefix, &names).await?).collect();
    let whole = ids.into_iter().zip(jobs).zip(entries).map(|((id, job), (_, alive_until))| {
        let expired = alive_until < now.0 as f64 / 1000.0;
        // A record that is gone was removed by hand, or is about to be cleaned up by RQ.
        let orphaned = job.as_ref().is_none_or(|job| is_abandoned(job, &workers));
        Taken { id, is_orphan: expired || orphaned, job: job.unwrap_or_default() }
    });
    Ok(whole.collect())
}

/// `JOB:EXECUTION` and until when RQ believes it alive, in seconds since 1970.
async fn entries(link: &RedisLink, prefix: &Prefix, queue: &str) -> Result<Vec<(String, f64)>, SourceError> {
    let mut command = cmd("ZRANGE");
    command.arg(prefix.running(queue)).arg(0).arg(MAX_RUNNING).arg("WITHSCORES");
    let reply = link.batch(vec![command]).await?.pop().unwrap_or(Ok(Reply::Nil))?;
    let entries: Result<Vec<(String, f64)>, _> = redis::from_redis_value(reply);
    let entries = entries.map_err(|error| SourceError::Garbled(format!("running jobs: {error}")))?;
    if entries.len() > MAX_RUNNING {
        return Err(SourceError::Garbled(format!("more than {MAX_RUNNING} jobs run: too many to look at each")));
    }
    Ok(entries)
}

/// Whether its worker is gone, or came up only after the job was taken: then it is another of that name.
/// A job without a worker's name has just been taken.
fn is_abandoned(job: &Job, workers: &BTreeMap<&String, Option<WorkerState>>) -> bool {
    let Some(name) = &job.worker_name else { return false };
    match workers.get(name) {
        Some(Some(worker)) => match (worker.birth, job.life().taken) {
            (Some(birth), Some(taken)) => birth > taken,
            _ => false,
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::worker::Activity;
    use super::*;

    fn worker(birth: u64) -> WorkerState {
        WorkerState { activity: Activity::Busy, current_job: None, heartbeat: None, birth: Some(Timestamp(birth)) }
    }

    #[test]
    fn a_job_is_abandoned_when_its_worker_is_gone_or_another_has_its_name() {
        let job = |worker: Option<&str>| Job {
            queued: Some(Timestamp(10)),
            taken: Some(Timestamp(100)),
            worker_name: worker.map(str::to_owned),
            ..Job::default()
        };
        let [here, gone, reborn] = ["here", "gone", "reborn"].map(str::to_owned);
        let workers = BTreeMap::from([(&here, Some(worker(50))), (&gone, None), (&reborn, Some(worker(200)))]);
        let abandoned = |name| is_abandoned(&job(name), &workers);
        assert_eq!([Some("here"), Some("gone"), Some("reborn"), None].map(abandoned), [false, true, true, false]);
    }
}

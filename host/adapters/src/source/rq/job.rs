//! One job as RQ keeps it: a hash at `rq:job:ID`.

use redis::cmd;
use scaling_core::units::Timestamp;

use super::fields::{Fields, moment};
use super::keys::Prefix;
use crate::source::SourceError;
use crate::source::lives::Life;
use crate::source::redis::RedisLink;

/// Jobs that are read by one pipeline.
const JOBS_AT_ONCE: usize = 500;

/// What matters here of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Job {
    pub queued: Option<Timestamp>,
    pub taken: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Who took it.
    pub worker_name: Option<String>,
    /// A time in it can't be read.
    pub garbled: bool,
}

impl Job {
    /// Reads many, in their order; `None` for one that is not there (any more).
    pub async fn read(link: &RedisLink, prefix: &Prefix, ids: &[String]) -> Result<Vec<Option<Self>>, SourceError> {
        let mut jobs = Vec::with_capacity(ids.len());
        for ids in ids.chunks(JOBS_AT_ONCE) {
            let ask = |id: &String| {
                let fields = ["enqueued_at", "created_at", "started_at", "ended_at", "worker_name"];
                cmd("HMGET").arg(prefix.job(id)).arg(&fields).clone()
            };
            for reply in link.batch(ids.iter().map(ask).collect()).await? {
                jobs.push(Self::of(&Fields::of(reply?)));
            }
        }
        Ok(jobs)
    }

    fn of(fields: &Fields) -> Option<Self> {
        if fields.is_empty() {
            return None;
        }
        let [enqueued, created, taken, ended, worker] = [0, 1, 2, 3, 4].map(|index| fields.text(index));
        let queued = enqueued.or(created);
        let times = [queued, taken, ended].map(|text| text.map(moment));
        let garbled = queued.is_none() || times.contains(&Some(None));
        let [queued, taken, ended] = times.map(Option::flatten);
        Some(Self { queued, taken, ended, worker_name: worker.map(str::to_owned), garbled })
    }

    /// Its life. A job that is tried again keeps the times of the last try until it is taken.
    pub fn life(&self) -> Life {
        let queued = self.queued;
        let since_queued = |time: Option<Timestamp>| time.filter(|&time| queued.is_none_or(|queued| time >= queued));
        Life {
            queued,
            taken: since_queued(self.taken),
            ended: since_queued(self.ended).filter(|_| self.taken <= self.ended),
        }
    }
}

#[cfg(test)]
mod tests {
    use redis::Value as Reply;

    use super::*;

    fn job(fields: [Option<&str>; 5]) -> Option<Job> {
        let bulk = |text: Option<&str>| text.map_or(Reply::Nil, |text| Reply::BulkString(text.into()));
        Job::of(&Fields::of(Reply::Array(fields.map(bulk).into())))
    }

    fn at(second: u32) -> String {
        format!("2023-11-14T22:13:{second:02}.000000Z")
    }

    #[test]
    fn times_that_have_not_come_are_empty() {
        let queued = job([Some(&at(20)), Some(&at(10)), Some(""), Some(""), Some("")]).unwrap();
        let expected = Job { queued: Some(Timestamp(1_700_000_000_000)), ..Job::default() };
        assert_eq!(queued, expected);
        assert_eq!(job([None; 5]), None);
    }

    #[test]
    fn a_job_whose_times_can_not_be_read_says_so() {
        assert!(job([None, Some("yesterday"), None, None, None]).unwrap().garbled);
        assert!(job([None, None, None, None, Some("w")]).unwrap().garbled, "never queued");
        assert!(job([Some(&at(1)), None, Some("?"), None, None]).unwrap().garbled);
    }

    #[test]
    fn a_job_that_is_tried_again_has_not_been_taken() {
        let again = job([Some(&at(30)), None, Some(&at(10)), Some(&at(20)), Some("w")]).unwrap();
        assert_eq!(again.life(), Life { queued: again.queued, taken: None, ended: None });
        let taken_again = job([Some(&at(30)), None, Some(&at(40)), Some(&at(20)), Some("w")]).unwrap();
        assert_eq!((taken_again.life().taken, taken_again.life().ended), (taken_again.taken, None));
    }
}

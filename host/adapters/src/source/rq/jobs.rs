//! From RQ's jobs to the `jobs.*` series.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Duration;

use redis::cmd;
use scaling_core::observation::Sample;
use scaling_core::units::{Timestamp, Value};

use super::ask::RqSource;
use super::job::Job;
use super::running::{Taken, taken};
use crate::source::lives::Life;
use crate::source::{Jobs, SourceError};

/// More waiting jobs than this are not read.
const MAX_QUEUED: usize = 100_000;

/// Ids read by one `LRANGE`.
const IDS_AT_ONCE: usize = 2000;

/// How many of the jobs that have ended are looked at. Those that we saw running are looked at anyway.
const ENDED: isize = 256;

impl RqSource {
    /// The queue is read before what runs, so that what is taken in between is not missed.
    pub(super) async fn jobs(&self, now: Timestamp, window: Duration) -> Result<Jobs, SourceError> {
        let queued = self.queued_ids().await?;
        let taken = taken(&self.link, &self.prefix, self.queue(), now).await?;
        let in_hand: BTreeSet<&str> = taken.iter().map(|taken| taken.id.as_str()).collect();
        let waiting: Vec<String> = queued.into_iter().filter(|id| !in_hand.contains(id.as_str())).collect();
        let known = self.known_before();
        let others = self.ended_ids(&known, &waiting, &in_hand).await?;
        let mut ids = waiting.clone();
        ids.extend(others);
        let jobs = Job::read(&self.link, &self.prefix, &ids).await?;
        let garbled = jobs.iter().flatten().any(|job| job.garbled);
        let missed = jobs.iter().take(waiting.len()).any(Option::is_none);
        let found: BTreeMap<String, Job> = ids.into_iter().zip(jobs).filter_map(|(id, job)| Some((id, job?))).collect();
        let queued = waiting.iter().filter_map(|id| one(found.get(id)?.queued)).collect();
        let running = taken.iter().filter(|taken| !taken.is_orphan).filter_map(|taken| one(taken.job.taken)).collect();
        let (waited, finished) = self.past(&found, &taken, now, window);
        Ok(Jobs { queued, running, waited, finished, partial: garbled || missed })
    }

    /// From the end, as [`crate::source::karton`] reads its queues and for the same reason.
    async fn queued_ids(&self) -> Result<BTreeSet<String>, SourceError> {
        let key = self.prefix.queue(self.queue());
        let mut ids = BTreeSet::new();
        let mut from_end = 0;
        loop {
            let (first, last) = (-((from_end + IDS_AT_ONCE) as i64), -(from_end as i64) - 1);
            let found: Vec<String> = self.tell(cmd("LRANGE").arg(&key).arg(first).arg(last)).await?;
            let is_last = found.len() < IDS_AT_ONCE;
            ids.extend(found);
            if ids.len() > MAX_QUEUED {
                return Err(SourceError::Garbled(format!("more than {MAX_QUEUED} jobs wait: too many to read each")));
            }
            if is_last {
                return Ok(ids);
            }
            from_end += IDS_AT_ONCE;
        }
    }

    fn known_before(&self) -> Vec<String> {
        // A panic elsewhere leaves lives as they were.
        let lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        lives.names_without_end()
    }

    /// Jobs that have ended or may have: those that were there at the last tick, and the newest of RQ's own
    /// lists.
    async fn ended_ids(
        &self,
        known: &[String],
        waiting: &[String],
        in_hand: &BTreeSet<&str>,
    ) -> Result<BTreeSet<String>, SourceError> {
        let mut ids: BTreeSet<String> = known.iter().cloned().collect();
        for key in self.prefix.ended(self.queue()) {
            let newest: Vec<String> = self.tell(cmd("ZREVRANGE").arg(key).arg(0).arg(ENDED - 1)).await?;
            ids.extend(newest);
        }
        for id in waiting {
            ids.remove(id);
        }
        ids.retain(|id| !in_hand.contains(id.as_str()));
        Ok(ids)
    }

    fn past(
        &self,
        found: &BTreeMap<String, Job>,
        taken: &[Taken],
        now: Timestamp,
        window: Duration,
    ) -> (Vec<Sample>, Vec<Sample>) {
        let in_hand = taken.iter().map(|taken| (taken.id.clone(), Life { ended: None, ..taken.job.life() }));
        let others = found.iter().map(|(id, job)| (id.clone(), job.life()));
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        lives.learn(others.chain(in_hand));
        lives.told(now, window)
    }
}

fn one(at: Option<Timestamp>) -> Option<Sample> {
    let value = Value::new(1.0)?;
    at.map(|at| Sample { at, value })
}

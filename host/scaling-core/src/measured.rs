//! Start-up and drain times, as the host itself measured them.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::observation::{Attribute, ReplicaState};
use crate::status::TargetStatus;
use crate::units::{ReplicaId, Timestamp, millis};

/// How many of the newest times are kept.
const KEPT: usize = 64;

/// The newest times, and who is being timed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// From start to ready, in ms, oldest first.
    pub startups_ms: Vec<u64>,
    /// From removal to gone, in ms, oldest first.
    pub drains_ms: Vec<u64>,
    /// Who starts, and since when.
    pub starting: BTreeMap<ReplicaId, Timestamp>,
    /// Who drains, and since when.
    pub draining: BTreeMap<ReplicaId, Timestamp>,
}

impl Measured {
    /// Looks at the replicas of one tick.
    pub fn look(&mut self, status: &TargetStatus, now: Timestamp) {
        for replica in &status.replicas {
            if replica.state == ReplicaState::Ready
                && let Some(started) = self.starting.remove(&replica.id)
            {
                keep(&mut self.startups_ms, replica.since.since(started));
            }
        }
        let there = |id: &ReplicaId| status.replicas.iter().any(|replica| replica.id == *id);
        let gone: Vec<ReplicaId> = self.draining.keys().filter(|id| !there(id)).cloned().collect();
        for id in gone {
            if let Some(since) = self.draining.remove(&id) {
                keep(&mut self.drains_ms, now.since(since));
            }
        }
        self.starting = in_state(status, ReplicaState::Starting, |replica| replica.started.unwrap_or(replica.since));
        self.draining = in_state(status, ReplicaState::Draining, |replica| replica.since);
    }

    /// `startup.p50-ms`, `startup.p95-ms` and `drain.p95-ms`, those that are known.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute> {
        [
            ("drain.p95-ms", quantile(&self.drains_ms, 95)),
            ("startup.p50-ms", quantile(&self.startups_ms, 50)),
            ("startup.p95-ms", quantile(&self.startups_ms, 95)),
        ]
        .into_iter()
        .filter_map(|(key, time)| Some(Attribute::int(key, i64::try_from(time?).ok()?)))
    }
}

fn in_state(
    status: &TargetStatus,
    state: ReplicaState,
    since: impl Fn(&crate::observation::Replica) -> Timestamp,
) -> BTreeMap<ReplicaId, Timestamp> {
    let those = status.replicas.iter().filter(|replica| replica.state == state);
    those.map(|replica| (replica.id.clone(), since(replica))).collect()
}

fn keep(times: &mut Vec<u64>, time: Duration) {
    if times.len() == KEPT {
        times.remove(0);
    }
    times.push(millis(time));
}

/// Nearest-rank quantile.
fn quantile(times: &[u64], percent: usize) -> Option<u64> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

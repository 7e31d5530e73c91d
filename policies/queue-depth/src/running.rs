//! What runs.

use trimtab_policy_sdk::prelude::*;
use trimtab_policy_sdk::{Replica, ReplicaState};

use crate::config::Config;
use crate::demand::{self, short};

/// What runs.
pub struct Running {
    /// How many jobs, orphans left out.
    pub jobs: f64,
    /// In words: `work.jobs.running 3 (1 orphan left out)`.
    pub words: String,
}

/// By the running-indicator; without one, the jobs in the hands of the replicas.
pub fn count(config: &Config, seen: &Observation) -> Result<Running, String> {
    let Some(name) = &config.running_indicator else { return in_hand(seen) };
    let all = demand::count(seen, name)?;
    let orphans = config.orphan_after.map_or(0.0, |age| older(seen, name, age.0));
    let jobs = (all - orphans).max(0.0);
    let plural = if orphans == 1.0 { "orphan" } else { "orphans" };
    let left_out = if orphans > 0.0 { format!(" ({} {plural} left out)", short(orphans)) } else { String::new() };
    Ok(Running { jobs, words: format!("{name} {}{left_out}", short(jobs)) })
}

/// Jobs taken longer ago than that.
fn older(seen: &Observation, name: &str, milliseconds: u32) -> f64 {
    let since = seen.now.saturating_sub(u64::from(milliseconds));
    let series = seen.indicator(name).usable().unwrap_or_default();
    let samples = series.iter().flat_map(|one| one.samples);
    samples.filter(|sample| sample.at < since).map(|sample| sample.value).sum()
}

/// Known only if every replica can tell: a part is not the whole.
fn in_hand(seen: &Observation) -> Result<Running, String> {
    let jobs = seen.replicas.iter().map(jobs_of).sum::<Option<u64>>();
    let jobs = jobs.ok_or("not all replicas tell what they have in hand, so what runs is not known")?;
    Ok(Running { jobs: jobs as f64, words: format!("{jobs} in hand") })
}

/// What does not run has nothing in hand.
pub fn jobs_of(replica: &Replica) -> Option<u64> {
    match (replica.state, replica.usage.jobs) {
        (_, Some(jobs)) => Some(jobs.into()),
        (ReplicaState::Starting | ReplicaState::Failed, None) => Some(0),
        (_, None) => None,
    }
}

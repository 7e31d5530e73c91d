//! Natively, through the same border as in the sandbox.

mod age;
mod busy;
mod config;
mod missing;
mod place;
mod properties;
mod readme;
mod running;
mod size;

use trimtab_policy_sdk::RawVerdict;
use trimtab_policy_sdk::prelude::*;

use crate::QueueDepth;

const TEN_EACH: &str = r#"{ "indicator": "waiting", "per-replica": 10 }"#;

/// Of `work.jobs.queued` and `work.jobs.running`, two jobs each.
const TWO_EACH: &str =
    r#"{ "indicator": "work.jobs.queued", "running-indicator": "work.jobs.running", "per-replica": 2 }"#;

fn prepared(config: &str) -> Rehearsal {
    Rehearsal::of::<QueueDepth>(config).unwrap_or_else(|issues| panic!("{issues:?}"))
}

/// One evaluation that starts from nothing.
fn verdict(config: &str, seen: ObservationBuilder) -> RawVerdict {
    prepared(config).tick(seen).unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn waiting(desired: u32, jobs: f64) -> ObservationBuilder {
    ObservationBuilder::new().desired(desired).series("waiting", [jobs])
}

/// A config with these fields more.
fn with(config: &str, fields: &str) -> String {
    config.replacen('{', &format!("{{ {fields},"), 1)
}

/// The size after that verdict.
fn size(before: u32, verdict: &RawVerdict) -> u32 {
    match &verdict.decision {
        Decision::Hold(_) => before,
        Decision::Add(placements) => before + placements.iter().map(|placement| placement.count).sum::<u32>(),
        Decision::Remove(removals) => before - removals.iter().map(Removal::count).sum::<u32>(),
    }
}

fn abstains(verdict: &RawVerdict) -> bool {
    verdict.decision == Decision::Hold(Stance::Abstain)
}

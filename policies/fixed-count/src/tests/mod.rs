//! Natively, through the same border as in the sandbox.

mod calendar;
mod clock_changes;
mod config;
mod missing;
mod readme;
mod size;

use trimtab_policy_sdk::prelude::*;
use trimtab_policy_sdk::{RawVerdict, Sample};

use crate::FixedCount;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Monday 2026-08-03, 00:00 UTC.
const MONDAY: u64 = 1_785_715_200_000;

/// The clocks of Warsaw are set forward from 02:00 to 03:00: Sunday 2026-03-29, 01:00 UTC.
const FORWARD: u64 = 1_774_746_000_000;

/// They are set back from 03:00 to 02:00: Sunday 2026-10-25, 01:00 UTC.
const BACK: u64 = 1_792_890_000_000;

fn prepared(config: &str) -> Rehearsal {
    Rehearsal::of::<FixedCount>(config).unwrap_or_else(|issues| panic!("{issues:?}"))
}

/// One evaluation that starts from nothing.
fn verdict(config: &str, seen: ObservationBuilder) -> RawVerdict {
    prepared(config).tick(seen).unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// Seconds east of UTC in Warsaw.
fn warsaw(at: u64) -> f64 {
    if (FORWARD..BACK).contains(&at) { 7200.0 } else { 3600.0 }
}

/// What the host shows of Warsaw at that moment, over the window that the policy asks for.
fn in_warsaw(now: u64) -> ObservationBuilder {
    let start = now - DAY;
    let changes = [FORWARD, BACK].into_iter().filter(|&change| change > start && change <= now);
    let samples = [start].into_iter().chain(changes).map(|at| Sample { at, value: warsaw(at) }).collect();
    ObservationBuilder::new().at(now).series("time.offset.Europe/Warsaw", []).but(|series| series.samples = samples)
}

/// The size after that verdict.
fn size(before: u32, verdict: &RawVerdict) -> u32 {
    match &verdict.decision {
        Decision::Hold(_) => before,
        Decision::Add(placements) => before + placements.iter().map(|placement| placement.count).sum::<u32>(),
        Decision::Remove(removals) => before - removals.iter().map(Removal::count).sum::<u32>(),
    }
}

/// The size that the config gives at that moment in Warsaw.
fn size_at(config: &str, now: u64) -> u32 {
    size(1, &verdict(config, in_warsaw(now).desired(1)))
}

//! Natively, through the same border as in the sandbox.

mod config;
mod missing;
mod readme;
mod size;

use trimtab_policy_sdk::RawVerdict;
use trimtab_policy_sdk::prelude::*;

use crate::Ratio;

/// The rule of thumb of the DRAKVUF documentation.
const ONE_TO_THREE: &str = r#"{ "indicator": "drakrun", "per": 3 }"#;

fn prepared(config: &str) -> Rehearsal {
    Rehearsal::of::<Ratio>(config).unwrap_or_else(|issues| panic!("{issues:?}"))
}

fn verdict(config: &str, seen: ObservationBuilder) -> RawVerdict {
    prepared(config).tick(seen).unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn drakrun(count: f64) -> ObservationBuilder {
    ObservationBuilder::new().desired(1).series("drakrun", [count])
}

/// The size after that verdict.
fn size(before: u32, verdict: &RawVerdict) -> u32 {
    match &verdict.decision {
        Decision::Hold(_) => before,
        Decision::Add(placements) => before + placements.iter().map(|placement| placement.count).sum::<u32>(),
        Decision::Remove(removals) => before - removals.iter().map(Removal::count).sum::<u32>(),
    }
}

//! Natively, through the same border as in the sandbox.

mod bits;
mod config;
mod conformance;
mod due;
mod missing;
mod readme;
mod rounding;
mod state;

use trimtab_policy_sdk::RawVerdict;
use trimtab_policy_sdk::prelude::*;

use crate::DemandAverage;

/// What MASS ships, as MASS rounds.
const SHIPPED: &str = r#"{ "indicator": "load", "rounding": "truncate" }"#;

/// The same with a moving average over so many loads.
fn moving(window: u32) -> String {
    format!(r#"{{ "indicator": "load", "rounding": "truncate", "technique": "moving", "window": {window} }}"#)
}

fn prepared(config: &str) -> Rehearsal {
    Rehearsal::of::<DemandAverage>(config).unwrap_or_else(|issues| panic!("{issues:?}"))
}

/// A service that obeys: from one evaluation to the next it has the size that the verdict asked for.
struct Service {
    policy: Rehearsal,
    desired: u32,
    bounds: (u32, u32),
}

impl Service {
    /// Three replicas, in the bounds of MASS.
    fn of(config: &str) -> Self {
        Self { policy: prepared(config), desired: 3, bounds: (3, 15) }
    }

    fn bounds(self, min: u32, max: u32) -> Self {
        Self { bounds: (min, max), ..self }
    }

    /// What it looks like just now, without a load.
    fn seen(&self) -> ObservationBuilder {
        ObservationBuilder::new().desired(self.desired).bounds(self.bounds.0, self.bounds.1)
    }

    fn tick(&mut self, seen: ObservationBuilder) -> RawVerdict {
        let verdict = self.policy.tick(seen).unwrap_or_else(|failure| panic!("{failure:?}"));
        self.desired = match &verdict.decision {
            Decision::Hold(_) => self.desired,
            Decision::Add(placements) => self.desired + placements.iter().map(|p| p.count).sum::<u32>(),
            Decision::Remove(removals) => self.desired - removals.iter().map(Removal::count).sum::<u32>(),
        };
        verdict
    }

    /// One planned evaluation.
    fn load(&mut self, load: f64) -> RawVerdict {
        self.tick(self.seen().series("load", [load]))
    }

    /// The size after each load.
    fn sizes(&mut self, loads: &[f64]) -> Vec<u32> {
        let size = |load: &f64| {
            self.load(*load);
            self.desired
        };
        loads.iter().map(size).collect()
    }
}

fn demand(verdict: &RawVerdict) -> f64 {
    verdict.signals.iter().find(|signal| signal.name == "demand").expect("a demand").value
}

/// Seconds until the next evaluation.
fn again(verdict: &RawVerdict) -> u32 {
    verdict.again_in.expect("a time") / 1000
}

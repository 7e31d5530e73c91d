//! One step of the average: the order of its operations is that of the MASS autoscaler, to the last bit.

use trimtab_policy_sdk::prelude::*;

use crate::config::{Config, Technique};
use crate::memory::{History, Memory};

/// What one load makes of the demand.
#[derive(Clone, Debug)]
pub struct Step {
    /// The load.
    pub load: f64,
    /// The demand before.
    pub old: f64,
    /// The average, before it is put into the bounds.
    pub average: f64,
    /// The average, put into the bounds.
    pub demand: f64,
    /// What to remember.
    pub memory: Memory,
}

impl Step {
    /// Takes one load into the average. Without a prior memory, the start demand is the demand before.
    pub fn take(config: &Config, bounds: Bounds, prior: Option<Memory>, load: f64) -> Self {
        let (old, history) = prior.map_or((config.start_demand, None), |memory| (memory.demand, memory.history));
        let (average, history) = match config.technique {
            // No fused multiply-add and no shorter formula: the original's rounding errors are part of its behaviour.
            Technique::Exponential => (load * config.weight + old * (1.0 - config.weight), None),
            Technique::Moving => {
                let mut history = History::of(history, config.window, config.start_demand);
                history.push(load);
                (history.sum() / history.len() as f64, Some(history))
            }
        };
        let demand = clamp(average, bounds);
        Self { load, old, average, demand, memory: Memory { demand, history } }
    }

    /// Whether the demand changed by more than that part. A change from or to zero is a big one; from zero to zero
    /// there is none: both quotients are NaN, and no comparison with that holds.
    pub fn is_big_change(&self, delta_threshold: f64) -> bool {
        let limit = 1.0 - delta_threshold;
        self.old / self.demand < limit || self.demand / self.old < limit
    }
}

/// The original's way: the lower bound is looked at first, so with `min` above `max` a small average becomes `min`
/// and a large one `max`. `f64::clamp` would panic there.
fn clamp(average: f64, bounds: Bounds) -> f64 {
    let (min, max) = (f64::from(bounds.min), f64::from(bounds.max));
    if average < min {
        min
    } else if average > max {
        max
    } else {
        average
    }
}

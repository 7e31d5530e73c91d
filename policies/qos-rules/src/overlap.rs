//! Whether both halves of a rule can hold for the same measured value.

use trimtab_policy_sdk::prelude::*;

use crate::config::Side;
use crate::threshold::Threshold;

/// A measured value for which both hold, if their thresholds are fixed and there is one.
pub fn value(add: &Side, remove: &Side) -> Option<f64> {
    let (add, remove) = (Holds::of(add)?, Holds::of(remove)?);
    let edges = [add.edge(), remove.edge()].into_iter().flatten();
    let (low, high) =
        edges.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), edge| (low.min(edge), high.max(edge)));
    let (low, high) = if low > high { (0.0, 0.0) } else { (low, high) };
    // Between its edges neither changes, so one value of each stretch stands for all of them.
    let stretches = [low, f64::midpoint(low, high), high, below(low), above(high)];
    stretches.into_iter().find(|&value| add.at(value) && remove.at(value))
}

/// For which measured values a half holds.
#[derive(Clone, Copy)]
enum Holds {
    /// For those that stand so to the edge.
    Against(Comparison, f64),
    /// For all or for none: a margin of minus 100 percent takes the value away.
    Always(bool),
}

impl Holds {
    /// Solves `value * slope + shift (op) threshold` for the value. None: the threshold is computed.
    fn of(side: &Side) -> Option<Self> {
        let Threshold::Fixed(threshold) = side.threshold else { return None };
        let shift = side.margin.apply(0.0);
        let slope = side.margin.apply(1.0) - shift;
        let edge = (threshold - shift) / slope;
        Some(if slope > 0.0 {
            Self::Against(side.operator, edge)
        } else if slope < 0.0 {
            Self::Against(side.operator.mirrored(), edge)
        } else {
            Self::Always(side.operator.holds(shift, threshold))
        })
    }

    fn edge(self) -> Option<f64> {
        match self {
            Self::Against(_, edge) => Some(edge),
            Self::Always(_) => None,
        }
    }

    fn at(self, value: f64) -> bool {
        match self {
            Self::Against(operator, edge) => operator.holds(value, edge),
            Self::Always(always) => always,
        }
    }
}

fn below(edge: f64) -> f64 {
    edge - edge.abs().max(1.0)
}

fn above(edge: f64) -> f64 {
    edge + edge.abs().max(1.0)
}

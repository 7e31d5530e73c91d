//! Past actions and bounds.
//!
//! Defaults: bounds are 0 to 2^32-1, which is to say none.

use scaling_core::observation::{Bounds, PastAction};

use crate::record::record;

record! { PastAction {
    need at: "at",
    need origin: "origin",
    need delta: "delta",
    usual(0) achieved: "achieved",
    need outcome: "outcome",
    some settled_at: "settled-at",
} }

record! { Bounds { or(UNBOUNDED.min) min: "min", or(UNBOUNDED.max) max: "max" } }

/// No bounds.
pub(crate) const UNBOUNDED: Bounds = Bounds { min: 0, max: u32::MAX };

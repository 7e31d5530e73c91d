//! What the operator asked of a target, once and for all: the checked form of its config.

use std::time::Duration;

use crate::observation::{Bounds, Requirements};
use crate::units::{PolicySlot, TargetName};

/// A target as the core needs to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetSpec {
    /// Its name.
    pub name: TargetName,
    /// Smallest and largest size; min is never above max.
    pub bounds: Bounds,
    /// Size at the very first sight of a target that has no replicas.
    pub initial: Option<u32>,
    /// Planned time between evaluations.
    pub interval: Duration,
    /// What one replica needs.
    pub requirements: Requirements,
    /// Shown to the policy as `label.<name>`; sorted by name.
    pub labels: Vec<(String, String)>,
    /// How long an addition may take until it is settled with what has come about.
    pub settle_within: Duration,
    /// The policy whose verdict counts.
    pub live: PolicySlot,
    /// The host's rules.
    pub guardrails: Guardrails,
}

/// The host's rules for one target. The default has none but the bounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guardrails {
    /// How long a recommendation must have stood, by direction.
    pub stabilization: UpDown<Duration>,
    /// How long to rest after a change, by direction of the next one.
    pub cooldown: UpDown<Duration>,
    /// How much may change in a period, by direction.
    pub rate_limit: UpDown<RateLimit>,
    /// What size to take when there is no verdict for long.
    pub fallback: Option<Fallback>,
    /// Decide and say, but touch nothing.
    pub dry_run: bool,
}

impl Guardrails {
    /// The longer of the two stabilization windows: how long recommendations must be kept.
    pub fn stabilization_span(&self) -> Duration {
        self.stabilization.up.max(self.stabilization.down)
    }
}

/// One setting for growing and one for shrinking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpDown<T> {
    /// For growing.
    pub up: T,
    /// For shrinking.
    pub down: T,
}

/// Rules of one direction, and which of them wins. No rules: no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// The rules.
    pub rules: Vec<Rate>,
    /// Which of them wins.
    pub select: Select,
}

/// At most so much change within a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How much.
    pub allowance: Allowance,
    /// Within how long.
    pub period: Duration,
}

/// How much change a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// Replicas.
    Replicas(u32),
    /// Percent of the size at the start of the period.
    Percent(u32),
}

/// Which of several rules wins (the HPA's `selectPolicy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Select {
    /// The one that allows the most change.
    #[default]
    Max,
    /// The one that allows the least change.
    Min,
    /// No change in this direction at all.
    Disabled,
}

/// What size to take after `after` evaluations in a row without a verdict (KEDA's `fallback`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// How many in a row; at least 1.
    pub after: u32,
    /// The size.
    pub replicas: u32,
    /// When the size applies.
    pub behavior: FallbackBehavior,
}

/// When the fallback size applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FallbackBehavior {
    /// Always.
    #[default]
    Static,
    /// Only if it is above the size of now.
    IfHigher,
    /// Only if it is below the size of now.
    IfLower,
}

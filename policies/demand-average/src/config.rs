//! The config, as it is written.

use serde::Deserialize;
use trimtab_policy_sdk::prelude::*;

use crate::rounding::Rounding;
use trimtab_policy_sdk::Span;

/// Config of `builtin:demand-average`. The defaults are those of the `config.ini` that MASS ships, but for `rounding`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// What the load is: an indicator of the target. Several series of that name are added up.
    pub indicator: String,
    /// How the load becomes the demand.
    #[serde(default)]
    pub technique: Technique,
    /// How many loads the moving average takes.
    #[serde(default = "defaults::window")]
    pub window: u32,
    /// How much the newest load counts in the exponential moving average: above 0, at most 1.
    #[serde(default = "defaults::weight")]
    pub weight: f64,
    /// The demand before the first load.
    #[serde(default = "defaults::start_demand")]
    pub start_demand: f64,
    /// A change by more than this part is a big one: 0 is any change, 1 is none.
    #[serde(default = "defaults::delta_threshold")]
    pub delta_threshold: f64,
    /// When to evaluate next after a big change.
    #[serde(default = "defaults::min_interval")]
    pub min_interval: Span,
    /// When to evaluate next otherwise.
    #[serde(default = "defaults::max_interval")]
    pub max_interval: Span,
    /// How the demand becomes a number of replicas.
    #[serde(default)]
    pub rounding: Rounding,
}

/// How the load becomes the demand.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Technique {
    /// The mean of the last loads.
    #[serde(alias = "moving average")]
    Moving,
    /// The newest load weighed against the demand before.
    #[default]
    #[serde(alias = "exponential moving average")]
    Exponential,
}

/// As MASS ships them.
mod defaults {
    use trimtab_policy_sdk::Span;

    pub fn window() -> u32 {
        15
    }

    pub fn weight() -> f64 {
        0.3
    }

    pub fn start_demand() -> f64 {
        3.0
    }

    pub fn delta_threshold() -> f64 {
        0.3
    }

    pub fn min_interval() -> Span {
        Span(10_000)
    }

    pub fn max_interval() -> Span {
        Span(30_000)
    }
}

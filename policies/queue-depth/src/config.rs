//! The config, as it is written.

use serde::Deserialize;
use trimtab_policy_sdk::prelude::*;

use trimtab_policy_sdk::Rounding;
use trimtab_policy_sdk::Span;

/// Config of `builtin:queue-depth`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// What waits: a `jobs.queued` series, or a number that is read, such as the length of a list.
    pub indicator: String,
    /// How many jobs one replica is to have, waiting and running; above zero.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub per_replica: f64,
    /// What runs: a `jobs.running` series, or a number that is read.
    pub running_indicator: Option<String>,
    /// Whether jobs that run are added to those that wait. Say no if the indicator has them already. Yes if there is
    /// a `running-indicator`; yes without one counts the jobs in the hands of the replicas.
    pub include_running: Option<bool>,
    /// A job that runs for longer is an orphan, whose worker died: it does not count.
    pub orphan_after: Option<Span>,
    /// A job that waits for longer asks for more replicas, whatever the backlog.
    pub max_age: Option<Span>,
    /// How many more at each planned evaluation, as long as it waits.
    #[serde(default = "one")]
    pub max_age_add: u32,
    /// The seconds that the oldest job has waited, where the indicator is a plain number.
    pub age_indicator: Option<String>,
    /// At zero replicas, more than this has to wait before there are any.
    #[serde(default)]
    #[schemars(extend("minimum" = 0))]
    pub activation: f64,
    /// What becomes of a part of a replica: `ceil`, `nearest` or `truncate`.
    #[serde(default)]
    pub rounding: Rounding,
    /// How far the jobs may be off what the replicas take before anything changes: 0.1 is ten percent.
    #[serde(default)]
    #[schemars(extend("minimum" = 0, "exclusiveMaximum" = 1))]
    pub tolerance: f64,
    /// Remove only replicas that are known to be idle, if the backend knows what they have in hand.
    #[serde(default = "yes")]
    pub keep_busy: bool,
    /// Where to add: `least-loaded`, `first-fit`, `spread`, or `any` to leave it to the backend.
    #[serde(default)]
    pub placement: Strategy,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// Whether that name has jobs and not readings, as the contract defines it.
pub fn is_jobs(name: &str, kind: &str) -> bool {
    name.strip_suffix(kind).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('.'))
}

impl Config {
    /// Whether what runs is added to what waits.
    pub fn counts_running(&self) -> bool {
        self.include_running.unwrap_or(self.running_indicator.is_some())
    }

    /// What waits, what runs, and how long the oldest has waited, as far as they are asked for.
    pub fn inputs(&self) -> Vec<Input> {
        let named = [Some(&self.indicator), self.running_indicator.as_ref(), self.age_indicator.as_ref()];
        named.into_iter().flatten().map(Input::of_target).collect()
    }
}

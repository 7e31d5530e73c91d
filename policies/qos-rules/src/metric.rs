//! The indicators that ThingWorx knows, and what goes together with them.

use serde::Deserialize;
use trimtab_policy_sdk::prelude::*;

use crate::threshold::Threshold;

/// Which kind of work a rule is about.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// Jobs that nobody waits for at a screen.
    #[default]
    #[serde(alias = "Background")]
    Background,
    /// Sessions of people.
    #[serde(alias = "Interactive")]
    Interactive,
    /// Sessions that are bound to one instance.
    #[serde(alias = "Stateful")]
    Stateful,
}

/// What an indicator means.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// How long jobs ran.
    #[serde(alias = "ExecutionTime")]
    ExecutionTime,
    /// How long jobs waited.
    #[serde(alias = "WaitingTime")]
    WaitingTime,
    /// How many jobs wait.
    #[serde(alias = "WaitingJobs")]
    WaitingJobs,
    /// Milliseconds of session time in the last hour.
    #[serde(alias = "InteractiveSessionDurationLastHour")]
    InteractiveSessionDurationLastHour,
    /// How many sessions are open.
    #[serde(alias = "ActiveSessions")]
    ActiveSessions,
    /// Anything else.
    #[serde(alias = "Custom")]
    Custom,
}

/// How the samples become one number.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionName {
    /// How many there are: of `jobs.*` the number of jobs, of a reading the newest.
    #[serde(alias = "Count")]
    Count,
    /// How many samples are in the window.
    #[serde(alias = "Samples")]
    Samples,
    /// All values together.
    #[serde(alias = "Sum")]
    Sum,
    /// The mean.
    #[serde(alias = "Average", alias = "avg", alias = "mean")]
    Average,
    /// The smallest.
    #[serde(alias = "Min", alias = "minimum")]
    Min,
    /// The largest.
    #[serde(alias = "Max", alias = "maximum")]
    Max,
    /// The newest.
    #[default]
    #[serde(alias = "Last")]
    Last,
    /// Increase of a counter per second.
    #[serde(alias = "Rate")]
    Rate,
    /// The one that the key `quantile` says.
    #[serde(alias = "Quantile")]
    Quantile,
}

impl FunctionName {
    /// The function; `part` is for the quantile.
    pub fn with(self, part: f64) -> Function {
        match self {
            Self::Count => Function::Count,
            Self::Samples => Function::Samples,
            Self::Sum => Function::Sum,
            Self::Average => Function::Average,
            Self::Min => Function::Min,
            Self::Max => Function::Max,
            Self::Last => Function::Last,
            Self::Rate => Function::Rate,
            Self::Quantile => Function::Quantile(part),
        }
    }
}

/// What goes together with a metric.
pub struct Constraint {
    /// The only activity.
    pub activity: Activity,
    /// The only function.
    pub function: FunctionName,
    /// The only computed threshold, if any, beside numbers and `per-replica`.
    pub computed: Option<Threshold>,
}

impl Metric {
    const NAMED: [(Self, &'static str, &'static str); 5] = [
        (Self::ExecutionTime, "execution-time", "ExecutionTime"),
        (Self::WaitingTime, "waiting-time", "WaitingTime"),
        (Self::WaitingJobs, "waiting-jobs", "WaitingJobs"),
        (
            Self::InteractiveSessionDurationLastHour,
            "interactive-session-duration-last-hour",
            "InteractiveSessionDurationLastHour",
        ),
        (Self::ActiveSessions, "active-sessions", "ActiveSessions"),
    ];

    /// The metric of that name, in our spelling or that of ThingWorx.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|(_, ours, theirs)| name == *ours || name == *theirs).map(|(metric, ..)| metric)
    }

    /// Its name; `Custom` has none.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMED.into_iter().find(|(metric, ..)| *metric == self).map(|(_, ours, _)| ours)
    }

    /// The table of compatibility constraints of ThingWorx. `Custom` is free.
    pub fn constraint(self) -> Option<Constraint> {
        let (activity, function, computed) = match self {
            Self::ExecutionTime | Self::WaitingTime => (Activity::Background, FunctionName::Average, None),
            Self::WaitingJobs => (Activity::Background, FunctionName::Count, None),
            Self::InteractiveSessionDurationLastHour => {
                (Activity::Interactive, FunctionName::Sum, Some(Threshold::AvailableDurationPerHour))
            }
            Self::ActiveSessions => (Activity::Stateful, FunctionName::Count, Some(Threshold::ClientInstances)),
            Self::Custom => return None,
        };
        Some(Constraint { activity, function, computed })
    }
}

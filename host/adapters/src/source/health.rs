//! How a source has been doing: for metrics and for `status`.

use std::collections::BTreeMap;
use std::time::Duration;

use scaling_core::units::Timestamp;

use super::SourceError;

/// How a source has been doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceHealth {
    /// When it last answered. `None`: never yet.
    pub last_success: Option<Timestamp>,
    /// The last failure; kept after it has recovered.
    pub last_error: Option<LastError>,
    /// Whether the newest query failed.
    pub failing: bool,
    /// Failures so far, by [`SourceError::label`].
    pub failures_total: BTreeMap<&'static str, u64>,
    /// How long the newest query took.
    pub latency: Option<Duration>,
}

/// A failure to remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastError {
    /// When.
    pub at: Timestamp,
    /// One word: a metric label.
    pub label: &'static str,
    /// The message, for people.
    pub text: String,
}

impl SourceHealth {
    pub(crate) fn succeeded(&mut self, now: Timestamp, latency: Duration) {
        self.last_success = Some(now);
        self.failing = false;
        self.latency = Some(latency);
    }

    pub(crate) fn failed(&mut self, now: Timestamp, latency: Duration, error: &SourceError) {
        self.last_error = Some(LastError { at: now, label: error.label(), text: error.to_string() });
        self.failing = true;
        *self.failures_total.entry(error.label()).or_default() += 1;
        self.latency = Some(latency);
    }
}

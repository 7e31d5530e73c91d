//! What is added up while the demo runs.

use std::collections::BTreeMap;
use std::time::Duration;

use scaling_core::controller::Decided;
use scaling_core::reason::ReasonKind;

/// Sums over the whole run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    elapsed: Duration,
    replica_seconds: f64,
    peak: u32,
    ups: u32,
    downs: u32,
    decisions: BTreeMap<ReasonKind, u32>,
}

impl Tally {
    /// So many replicas ran for so long.
    pub fn pass(&mut self, span: Duration, replicas: u32) {
        self.elapsed += span;
        self.replica_seconds += span.as_secs_f64() * f64::from(replicas);
        self.peak = self.peak.max(replicas);
    }

    /// A decision was made, for these reasons.
    pub fn count(&mut self, decided: &Decided) {
        self.ups += u32::from(decided.desired > decided.before);
        self.downs += u32::from(decided.desired < decided.before);
        for reason in &decided.reasons {
            *self.decisions.entry(reason.kind).or_default() += 1;
        }
    }

    /// How long it all took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Replicas times seconds, those on their way out counted.
    pub fn replica_seconds(&self) -> f64 {
        self.replica_seconds
    }

    /// Most replicas at one time.
    pub fn peak(&self) -> u32 {
        self.peak
    }

    /// How often the size grew and how often it shrank.
    pub fn changes(&self) -> (u32, u32) {
        (self.ups, self.downs)
    }

    /// In how many decisions each reason was one of the reasons.
    pub fn decisions(&self) -> Vec<(ReasonKind, u32)> {
        self.decisions.iter().map(|(kind, count)| (*kind, *count)).collect()
    }
}

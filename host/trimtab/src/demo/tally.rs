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
    decisions: BTreeMap<ReasonKind, Given>,
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
            let given = self.decisions.entry(reason.kind).or_default();
            given.times += 1;
            given.example.clone_from(&reason.message);
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

    /// The reasons that decisions had.
    pub fn decisions(&self) -> &BTreeMap<ReasonKind, Given> {
        &self.decisions
    }
}

/// How often a reason was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// In so many decisions.
    pub times: u32,
    /// In these words, the last time.
    pub example: String,
}

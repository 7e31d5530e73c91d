//! An assignment: all that one target's start needs to know, taken from the config.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::config::tables::{IndicatorTable, SourceTable};
use crate::config::{Config, TargetConfig};
use crate::journal::Digest;

/// Targets tick this far apart within an interval, so that they don't all wake at once.
const PHASE_STEP: Duration = Duration::from_millis(1);

/// One target of a config.
#[derive(Clone)]
pub(crate) struct Assignment {
    /// What is to be kept.
    pub target: TargetConfig,
    /// The connections that it uses: only a change of these concerns it.
    pub sources: BTreeMap<String, SourceTable>,
    /// Where in the interval it ticks.
    pub phase: Duration,
}

impl Assignment {
    /// Those of a config, by name.
    pub fn all(config: &Config) -> BTreeMap<String, Self> {
        let one = |(index, (name, target)): (usize, (&String, &TargetConfig))| {
            let phase = PHASE_STEP * u32::try_from(index).unwrap_or(u32::MAX);
            let sources = sources_of(target, &config.sources);
            (name.clone(), Self { target: target.clone(), sources, phase })
        };
        config.targets.iter().enumerate().map(one).collect()
    }

    /// Names the questions and whom they are put to: what was measured stays true only for the same ones.
    /// Secrets are not in it, only where they are kept.
    pub fn questions(&self) -> String {
        let all = format!("{:?} {:?}", self.target.indicators, self.sources);
        Digest::of(all.as_bytes()).to_string()[..16].to_owned()
    }

    /// Whether its backend would not notice the difference.
    pub fn has_backend_of(&self, other: &Self) -> bool {
        let source = |assignment: &Self| {
            assignment.target.backend.source().and_then(|name| assignment.sources.get(name).cloned())
        };
        self.target.backend == other.target.backend && source(self) == source(other)
    }

    /// Whether the target would not notice the difference.
    pub fn is_like(&self, other: &Self) -> bool {
        self.target == other.target && self.sources == other.sources
    }
}

fn sources_of(target: &TargetConfig, all: &BTreeMap<String, SourceTable>) -> BTreeMap<String, SourceTable> {
    let questions = target.indicators.values().filter_map(IndicatorTable::question);
    let asked = questions.map(|question| question.source().to_owned());
    let names: BTreeSet<String> = asked.chain(target.backend.source().map(str::to_owned)).collect();
    all.iter().filter(|(name, _)| names.contains(*name)).map(|(name, table)| (name.clone(), table.clone())).collect()
}

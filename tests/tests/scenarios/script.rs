//! A scenario file: a config, and what happens when. `tests/scenarios/README.md` says how to write one.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use trimtab::api::protocol::Request;

/// A scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Script {
    /// What it shows, for whoever reads the transcript.
    pub about: String,
    /// Seconds until it ends.
    pub seconds: u32,
    /// The host's config.
    pub config: toml::Table,
    /// What happens, in order of time.
    #[serde(default)]
    pub step: Vec<Step>,
}

/// What happens at one moment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// Seconds since the beginning.
    pub at: f64,
    /// What the exporter answers from now on, by path.
    #[serde(default)]
    pub source: BTreeMap<String, Source>,
    /// How backends are from now on, by target.
    #[serde(default)]
    pub backend: BTreeMap<String, Fault>,
    /// So many replicas of a target end by themselves.
    #[serde(default)]
    pub crash: BTreeMap<String, usize>,
    /// What an operator says over the command socket.
    pub order: Option<Request>,
    /// What becomes different in the config, which is then read again.
    pub reload: Option<toml::Table>,
    /// The host ends and is started again.
    pub restart: Option<End>,
}

/// What an exporter answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Source {
    /// A number.
    Shows(f64),
    /// Otherwise.
    Fault(SourceFault),
    /// This text, whatever it is.
    Lies {
        /// The body of the answer.
        says: String,
    },
}

/// What can be wrong with an exporter.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SourceFault {
    /// Closes connections without an answer.
    Dead,
    /// Keeps connections open and does not answer.
    Hung,
}

/// How a backend is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It obeys.
    #[default]
    Well,
    /// It can't be reached.
    Lost,
    /// It can be read, and refuses orders.
    Refusing,
}

/// How a host ends.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Between two ticks, everything closed.
    Stopped,
    /// All its tasks are gone from one moment to the next.
    Killed,
}

impl Script {
    /// Reads a file.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let script: Self = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let times: Vec<f64> = script.step.iter().map(|step| step.at).collect();
        assert!(times.is_sorted(), "{}: steps out of order", path.display());
        script
    }
}

impl Step {
    /// When, since the beginning.
    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(self.at)
    }

    /// Whether the host is not told of it.
    pub fn is_quiet(&self) -> bool {
        self.order.is_none() && self.reload.is_none() && self.restart.is_none()
    }
}

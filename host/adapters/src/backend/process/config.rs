//! The table `[target.NAME.backend.process]`.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use super::stop::StopConfig;
use crate::backend::restart::Restart;
use crate::span::Span;

/// How the workers of a target are started, watched and stopped.
///
/// `command`, the values of `environment`, and the paths and addresses of `ready` and `jobs` may hold
/// placeholders: see [`Words`](super::words::Words).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProcessConfig {
    /// Program and arguments. Not a shell line.
    pub command: Vec<String>,
    /// Added to the small environment that a worker gets.
    #[serde(default)]
    pub environment: Environment,
    /// A file of `KEY=value` lines, read at every start; `environment` wins over it.
    #[serde(default)]
    pub environment_file: Option<PathBuf>,
    /// Variables of the host that the worker gets too.
    #[serde(default)]
    pub pass_environment: Vec<String>,
    /// Where it starts. The host's own if not given.
    #[serde(default)]
    pub working_directory: Option<PathBuf>,
    /// Whom it runs as; only if the host is root. Supplementary groups are dropped.
    #[serde(default)]
    pub user: Option<String>,
    /// Its group. The user's own if not given.
    #[serde(default)]
    pub group: Option<String>,
    /// Slot 1 gets this port as `{port}`, slot 2 the next one, and so on.
    #[serde(default)]
    pub first_port: Option<u16>,
    /// When a worker counts as ready.
    #[serde(default)]
    pub ready: Ready,
    /// How long a worker may take until it is ready. After that it is killed and started again.
    #[serde(default = "start_grace")]
    pub start_grace: Span,
    /// Where the number of jobs in hand is read. Without it the backend cannot tell who is idle.
    #[serde(default)]
    pub jobs: Option<JobsProbe>,
    /// How a worker is stopped.
    #[serde(default)]
    pub stop: StopConfig,
    /// How soon a worker that ended by itself is started again.
    #[serde(default)]
    pub restart: Restart,
    /// Where its standard output and error go.
    #[serde(default)]
    pub output: Output,
    /// A log that is longer than this when a worker starts is set aside (one old log is kept). A log can grow
    /// beyond it while the worker runs.
    #[serde(default = "max_output_bytes")]
    pub max_output_bytes: u64,
    /// The name of this machine as an agent. The host name if not given.
    #[serde(default)]
    pub agent: Option<String>,
    /// Most replicas of this target here, those on their way out counted.
    #[serde(default)]
    pub replica_limit: Option<u32>,
}

/// When a worker counts as ready.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// When it ran for so long.
    Delay(Span),
    /// When this file exists. If it goes away later the replica is unhealthy.
    File(String),
    /// When this address answers with a 2xx status. If it stops doing so the replica is unhealthy.
    Http(String),
}

impl Default for Ready {
    fn default() -> Self {
        Self::Delay(Span::from(Duration::ZERO))
    }
}

/// Where the number of jobs in hand is read: a plain number, or a JSON object with a number `jobs`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobsProbe {
    /// In this file.
    File(String),
    /// At this address.
    Http(String),
}

/// Where standard output and error go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// To a log of the slot, in the state directory of the target.
    #[default]
    File,
    /// To where the host's own go.
    Inherit,
    /// Nowhere.
    Null,
}

fn start_grace() -> Span {
    Span::from(Duration::from_secs(60))
}

fn max_output_bytes() -> u64 {
    10_000_000
}

//! The tables of a config file as they are written; defaults are filled in here, sense is made later.

use std::collections::BTreeMap;
use std::path::PathBuf;

use adapters::backend::process::ProcessConfig;
use adapters::backend::systemd::SystemdConfig;
use adapters::source::{Question, http_json, karton, mass, prometheus, redis, rq, scrape};
use adapters::span::Span;
use serde::Deserialize;

/// `[host]`: the daemon itself.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HostTable {
    /// Journal, cache of compiled policies, process rosters. Relative to the file.
    pub state_dir: PathBuf,
    /// Where the read-only HTTP API listens; `"off"` for nowhere.
    pub http: String,
    /// The unix socket for commands; default `trimtab.sock` in the state directory.
    pub socket: Option<PathBuf>,
    /// Threads that evaluate policies; default: one for each core, at most 4.
    pub evaluators: Option<usize>,
    /// How long unfinished ticks may take at the end.
    pub shutdown_grace: Span,
    /// The journal.
    pub journal: JournalTable,
    /// Limits on each call of a policy.
    pub policy_limits: PolicyLimitsTable,
}

impl Default for HostTable {
    fn default() -> Self {
        Self {
            state_dir: PathBuf::from("state"),
            http: "127.0.0.1:9180".to_owned(),
            socket: None,
            evaluators: None,
            shutdown_grace: Span::seconds(10),
            journal: JournalTable::default(),
            policy_limits: PolicyLimitsTable::default(),
        }
    }
}

/// `[host.journal]`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct JournalTable {
    /// What survives a power cut.
    pub synchronous: Synchronous,
    /// Older ticks are dropped.
    pub max_age: Span,
    /// The oldest ticks are dropped when the file grows above this.
    pub max_megabytes: u64,
}

impl Default for JournalTable {
    fn default() -> Self {
        Self { synchronous: Synchronous::Normal, max_age: Span::seconds(7 * 24 * 3600), max_megabytes: 20_000 }
    }
}

/// SQLite's `synchronous`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Synchronous {
    /// A kill loses nothing; a power cut may lose the last moments, never consistency.
    #[default]
    Normal,
    /// A power cut loses nothing either; each group of ticks waits for the disk.
    Full,
}

/// `[host.policy-limits]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PolicyLimitsTable {
    /// Instructions, roughly, of one call.
    pub fuel: Option<u64>,
    /// Wall time of one call: the backstop.
    pub deadline: Option<Span>,
    /// Linear memory, all memories together.
    pub memory_megabytes: Option<u64>,
    /// Bytes of state a policy may keep.
    pub state_kilobytes: Option<u64>,
}

/// `[source.NAME.KIND]`: how to reach whoever answers.
pub use adapters::source::Connection as SourceTable;

/// `[target.T.indicator.NAME.KIND]`: what to ask.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorTable {
    /// PromQL.
    Prometheus(prometheus::Question),
    /// A metric of an exporter.
    Scrape(scrape::Question),
    /// A key of Redis.
    Redis(redis::Question),
    /// A place in a JSON answer.
    HttpJson(http_json::Question),
    /// Work of an identity of Karton.
    Karton(karton::Question),
    /// Work of a queue of RQ.
    Rq(rq::Question),
    /// Work of an analysis system of MASS.
    Mass(mass::Question),
    /// The size of this or another target of this host.
    #[serde(rename = "self")]
    Own(SelfQuestion),
}

impl IndicatorTable {
    /// The word in the config.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Prometheus(_) => "prometheus",
            Self::Scrape(_) => "scrape",
            Self::Redis(_) => "redis",
            Self::HttpJson(_) => "http-json",
            Self::Karton(_) => "karton",
            Self::Rq(_) => "rq",
            Self::Mass(_) => "mass",
            Self::Own(_) => "self",
        }
    }

    /// The question to a source; `None` if it is one to ourselves.
    pub fn question(&self) -> Option<Question> {
        match self.clone() {
            Self::Prometheus(question) => Some(Question::Prometheus(question)),
            Self::Scrape(question) => Some(Question::Scrape(question)),
            Self::Redis(question) => Some(Question::Redis(question)),
            Self::HttpJson(question) => Some(Question::HttpJson(question)),
            Self::Karton(question) => Some(Question::Karton(question)),
            Self::Rq(question) => Some(Question::Rq(question)),
            Self::Mass(question) => Some(Question::Mass(question)),
            Self::Own(_) => None,
        }
    }
}

/// What to read of a target of this host.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SelfQuestion {
    /// Which; default: the target itself.
    pub target: Option<String>,
    /// What of it.
    pub read: SelfReading,
}

/// What can be read of a target.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SelfReading {
    /// The size it is steered to.
    Desired,
    /// Replicas that are ready.
    Ready,
    /// Replicas that are there, those on their way out not counted.
    Current,
    /// Mean CPU cores of a replica.
    CpuCores,
    /// Mean resident bytes of a replica.
    MemoryBytes,
    /// Jobs in the hands of all replicas.
    Jobs,
}

/// `[target.NAME]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetTable {
    /// Time between evaluations.
    pub interval: Option<Span>,
    /// Fewest replicas.
    #[serde(default)]
    pub min: u32,
    /// Most replicas.
    pub max: Option<u32>,
    /// Size of a target that has no replicas at the very first start.
    pub initial: Option<u32>,
    /// How long an addition may take until it counts as failed.
    pub settle_within: Option<Span>,
    /// How old the newest sample of an indicator may be; default three intervals.
    pub stale_after: Option<Span>,
    /// Shown to the policy.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What one replica needs.
    #[serde(default)]
    pub requirements: RequirementsTable,
    /// Who decides.
    pub policy: Option<PolicyTable>,
    /// What he sees.
    #[serde(default)]
    pub indicator: BTreeMap<String, IndicatorTable>,
    /// Where replicas run.
    pub backend: Option<BackendTable>,
    /// The host's rules.
    #[serde(default)]
    pub guardrails: GuardrailsTable,
}

/// `[target.T.requirements]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RequirementsTable {
    /// Cores.
    pub cpu_cores: Option<f64>,
    /// Memory.
    pub memory_megabytes: Option<u64>,
    /// Disk.
    pub disk_megabytes: Option<u64>,
}

/// `[target.T.policy]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyTable {
    /// `builtin:NAME`, or the path of a component, relative to the file.
    pub component: String,
    /// The policy's own config.
    #[serde(default)]
    pub config: toml::Table,
}

/// `[target.T.backend.KIND]`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum BackendTable {
    /// Processes of this host.
    Process(Box<ProcessConfig>),
    /// Instances of a template unit of systemd.
    Systemd(Box<SystemdConfig>),
    /// Replicas in memory that do nothing: for benchmarks and trials.
    Memory(MemoryTable),
}

impl BackendTable {
    /// The word in the config.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Process(_) => "process",
            Self::Systemd(_) => "systemd",
            Self::Memory(_) => "memory",
        }
    }

    /// Name of the source that it reads jobs in hand from.
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::Systemd(config) => config.jobs.as_ref()?.source(),
            Self::Process(_) | Self::Memory(_) => None,
        }
    }
}

/// `[target.T.backend.memory]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MemoryTable {
    /// Replicas at the start.
    pub replicas: u32,
}

/// `[target.T.guardrails]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct GuardrailsTable {
    /// Decide and say, but touch nothing.
    pub dry_run: bool,
    /// How long a recommendation must have stood.
    pub stabilization_window: UpDownSpans,
    /// Rest after a change.
    pub cooldown: UpDownSpans,
    /// Most change in a period.
    pub rate_limit: RateLimitTable,
    /// Size when there is no verdict for long.
    pub fallback: Option<FallbackTable>,
}

/// A span for each direction; none is zero.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct UpDownSpans {
    /// For growing.
    pub up: Span,
    /// For shrinking.
    pub down: Span,
}

/// `rate-limit = { up = [..], down = [..], select-up = "max" }`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RateLimitTable {
    /// Rules for growing.
    pub up: Vec<RateTable>,
    /// Rules for shrinking.
    pub down: Vec<RateTable>,
    /// Which of the rules for growing wins.
    pub select_up: SelectWord,
    /// Which of the rules for shrinking wins.
    pub select_down: SelectWord,
}

/// One rule: `{ replicas = 4, period = "60s" }` or `{ percent = 100, period = "15s" }`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RateTable {
    /// So many replicas.
    pub replicas: Option<u32>,
    /// So many percent.
    pub percent: Option<u32>,
    /// Within how long.
    pub period: Span,
}

/// The HPA's `selectPolicy`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SelectWord {
    /// The rule that allows the most change.
    #[default]
    Max,
    /// The rule that allows the least change.
    Min,
    /// No change in this direction.
    Disabled,
}

/// `fallback = { after = 5, replicas = 2, behavior = "static" }`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FallbackTable {
    /// Evaluations in a row without a verdict.
    pub after: u32,
    /// The size.
    pub replicas: u32,
    /// When it applies.
    #[serde(default)]
    pub behavior: BehaviorWord,
}

/// KEDA's `fallback.behavior`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum BehaviorWord {
    /// Always.
    #[default]
    Static,
    /// Only if it is above the current size.
    CurrentReplicasIfHigher,
    /// Only if it is below the current size.
    CurrentReplicasIfLower,
}

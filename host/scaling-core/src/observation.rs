//! Everything a policy may look at, at one tick: the WIT record `observation`, in Rust.
//!
//! Field for field as `wit/policy.wit` has it; the meanings are written there.

use std::time::Duration;

use crate::units::{AgentId, ReplicaId, TargetName, Timestamp, Value};

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Num(Value),
    /// Text.
    Text(String),
}

/// A named extra. Lists of them are sorted by key and unique.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Dotted name.
    pub key: String,
    /// What it is.
    pub value: Scalar,
}

impl Attribute {
    /// A text attribute.
    pub fn text(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: Scalar::Text(value.into()) }
    }

    /// A whole-number attribute.
    pub fn int(key: impl Into<String>, value: i64) -> Self {
        Self { key: key.into(), value: Scalar::Int(value) }
    }
}

/// What a series describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The target as a whole.
    Target,
    /// One agent.
    Agent(AgentId),
    /// One replica.
    Replica(ReplicaId),
}

/// How far a series can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Collected on schedule.
    Fresh,
    /// Newest sample older than the source's staleness limit.
    Stale,
    /// Some of the parts of an aggregate did not answer.
    Partial,
    /// Nothing collected; there are no samples. Never read as zero.
    Absent,
}

/// One point of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When it was read, or what `jobs.*` says.
    pub at: Timestamp,
    /// Always finite.
    pub value: Value,
}

/// One indicator over the window that the policy asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// As named by an input of `prepare`.
    pub name: String,
    /// What it describes.
    pub subject: Subject,
    /// How far to believe it.
    pub quality: Quality,
    /// Oldest first.
    pub samples: Vec<Sample>,
    /// Labels at the source.
    pub attributes: Vec<Attribute>,
}

/// What one replica uses. `None`: the backend cannot tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// When it was measured.
    pub at: Option<Timestamp>,
    /// Cores in use.
    pub cpu_cores: Option<Value>,
    /// Resident bytes.
    pub memory_bytes: Option<u64>,
    /// Threads.
    pub threads: Option<u32>,
    /// Major page faults per second.
    pub page_faults: Option<Value>,
    /// Running plus queued on it.
    pub jobs: Option<u32>,
}

/// Where a replica is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaState {
    /// Started, not yet ready.
    Starting,
    /// Works.
    Ready,
    /// Runs but does not answer as it should.
    Unhealthy,
    /// On its way out; finishes what it has.
    Draining,
    /// Does not run; the backend may try again.
    Failed,
    /// Its agent is not heard from.
    Unknown,
    /// A state that this version has no name for.
    Other,
}

/// One running copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Replica {
    /// Its name.
    pub id: ReplicaId,
    /// Where it runs.
    pub agent: Option<AgentId>,
    /// Where it is in its life.
    pub state: ReplicaState,
    /// When it was started.
    pub started: Option<Timestamp>,
    /// When it entered `state`, as far as the host saw.
    pub since: Timestamp,
    /// What it uses.
    pub usage: Usage,
    /// Extras.
    pub attributes: Vec<Attribute>,
}

/// What a host has and what is left of it. `None`: not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Platform {
    /// Cores in all.
    pub cpu_cores: Option<Value>,
    /// Cores not in use.
    pub cpu_available: Option<Value>,
    /// Memory in all.
    pub memory_bytes: Option<u64>,
    /// Memory that could be had without swapping.
    pub memory_available: Option<u64>,
    /// Disk in all.
    pub disk_bytes: Option<u64>,
    /// Disk left.
    pub disk_available: Option<u64>,
}

/// Whether an agent takes replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentState {
    /// Takes new replicas.
    Open,
    /// Keeps what it has, takes no more.
    Cordoned,
    /// Not heard from; its replicas may still run.
    Unreachable,
    /// A state that this version has no name for.
    Other,
}

/// A place where replicas run.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    /// Its name.
    pub id: AgentId,
    /// Whether it takes replicas.
    pub state: AgentState,
    /// The target's software is there.
    pub installed: bool,
    /// Replicas of this target on it, failed ones not counted.
    pub replicas: u32,
    /// Most replicas of this target that it may have.
    pub replica_limit: Option<u32>,
    /// How many more could start here now.
    pub room: Option<u32>,
    /// What it has.
    pub platform: Platform,
    /// Extras.
    pub attributes: Vec<Attribute>,
}

/// What one replica needs in order to run. `None`: not declared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Requirements {
    /// Cores.
    pub cpu_cores: Option<Value>,
    /// Memory.
    pub memory_bytes: Option<u64>,
    /// Disk.
    pub disk_bytes: Option<u64>,
}

/// Enforced by the host whatever the policy says; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Fewest replicas.
    pub min: u32,
    /// Most replicas.
    pub max: u32,
}

impl Bounds {
    /// `count`, or the nearer end if it lies outside.
    pub fn clamp(self, count: u32) -> u32 {
        count.min(self.max).max(self.min)
    }
}

/// How an action went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Under way.
    Pending,
    /// All of it came about.
    Succeeded,
    /// Settled with less than asked.
    Partial,
    /// Nothing of it came about.
    Failed,
    /// Taken back.
    Cancelled,
    /// A guardrail stopped it.
    Refused,
    /// One that this version has no name for.
    Other,
}

/// Who wanted an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The policy's verdict.
    Policy,
    /// A rule of the host: bounds, fallback, repair.
    Guardrail,
    /// A person.
    Operator,
    /// Someone else changed the size and the host adopted it.
    External,
    /// One that this version has no name for.
    Other,
}

/// One entry of the history that a policy sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastAction {
    /// When it was decided.
    pub at: Timestamp,
    /// Who wanted it.
    pub origin: Origin,
    /// Replicas to add (positive) or to remove (negative).
    pub delta: i32,
    /// What of `delta` has come about so far.
    pub achieved: i32,
    /// How it went.
    pub outcome: Outcome,
    /// `None` while pending.
    pub settled_at: Option<Timestamp>,
}

/// Everything a policy may look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// One higher for every evaluation of the target.
    pub tick: u64,
    /// Never decreases from tick to tick.
    pub now: Timestamp,
    /// False: woken before its time.
    pub due: bool,
    /// Planned time between evaluations.
    pub interval: Duration,
    /// For policies that want randomness.
    pub seed: u64,
    /// The target's name.
    pub target: TargetName,
    /// Enforced by the host.
    pub bounds: Bounds,
    /// Of one replica.
    pub requirements: Requirements,
    /// Size the host is steering to.
    pub desired: u32,
    /// Sorted by id.
    pub replicas: Vec<Replica>,
    /// Sorted by id.
    pub agents: Vec<Agent>,
    /// What was measured.
    pub series: Vec<Series>,
    /// Oldest first.
    pub history: Vec<PastAction>,
    /// Extras.
    pub attributes: Vec<Attribute>,
}

/// What a series is about, when a policy asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// The target as a whole.
    Target,
    /// Every agent.
    Agent,
    /// Every replica.
    Replica,
}

/// A series the policy wants to see.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Name of an indicator of the target.
    pub name: String,
    /// What it is about.
    pub subject: SubjectKind,
    /// How far back the samples should reach.
    pub window: Duration,
    /// If true and absent, the host holds without calling.
    pub required: bool,
}

//! What a policy may answer: the WIT record `verdict`, in Rust.

use std::time::Duration;

use crate::observation::Attribute;
use crate::units::{AgentId, ReplicaId, Value};

/// Replicas to add, and where. No agent: the backend places by its own rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Where.
    pub agent: Option<AgentId>,
    /// How many; at least 1.
    pub count: u32,
}

/// Replicas to remove. By count: idle first, then least healthy, then youngest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// This one.
    Replica(ReplicaId),
    /// So many on this agent.
    OnAgent(AgentId, u32),
    /// So many anywhere.
    Any(u32),
}

impl Removal {
    /// How many replicas it takes away.
    pub fn count(&self) -> u32 {
        match self {
            Self::Replica(_) => 1,
            Self::OnAgent(_, count) | Self::Any(count) => *count,
        }
    }
}

/// Whether a hold is an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// This size is right.
    Steady,
    /// No opinion now.
    Abstain,
}

/// Hold, add or remove. A hold carries no count, so it can't scale by accident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Keep the size.
    Hold(Stance),
    /// Grow.
    Add(Vec<Placement>),
    /// Shrink.
    Remove(Vec<Removal>),
}

impl Decision {
    /// Change of the size, in replicas; saturating.
    pub fn delta(&self) -> i64 {
        match self {
            Self::Hold(_) => 0,
            Self::Add(placements) => placements.iter().map(|p| i64::from(p.count)).sum(),
            Self::Remove(removals) => -removals.iter().map(|r| i64::from(r.count())).sum::<i64>(),
        }
    }

    /// `hold`, `add` or `remove`: a metric label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Hold(_) => "hold",
            Self::Add(_) => "add",
            Self::Remove(_) => "remove",
        }
    }
}

/// Memory of a policy, opaque to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Layout of `data`.
    pub layout: String,
    /// The bytes.
    pub data: Vec<u8>,
}

/// What becomes of the policy's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateChange {
    /// As it was.
    Keep,
    /// This from now on.
    Set(State),
    /// None from now on.
    Clear,
}

impl StateChange {
    /// The memory after this change to `prior`.
    pub fn applied_to(&self, prior: Option<State>) -> Option<State> {
        match self {
            Self::Keep => prior,
            Self::Set(state) => Some(state.clone()),
            Self::Clear => None,
        }
    }
}

/// A number the policy publishes as a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// Declared in the descriptor.
    pub name: String,
    /// Finite.
    pub value: Value,
}

/// One answer of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What to do.
    pub decision: Decision,
    /// Replicas wanted beyond `decision` that no agent can take.
    pub shortfall: u32,
    /// For people.
    pub reason: String,
    /// What becomes of the policy's memory.
    pub state: StateChange,
    /// Numbers to publish.
    pub signals: Vec<Signal>,
    /// Ask for the next evaluation at another time than the interval.
    pub again_in: Option<Duration>,
    /// Extras.
    pub attributes: Vec<Attribute>,
}

impl Verdict {
    /// A plain answer with a reason and nothing else.
    pub fn new(decision: Decision, reason: impl Into<String>) -> Self {
        Self {
            decision,
            shortfall: 0,
            reason: reason.into(),
            state: StateChange::Keep,
            signals: Vec::new(),
            again_in: None,
            attributes: Vec::new(),
        }
    }
}

/// What a policy says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Descriptor {
    /// For example `trimtab/qos-rules`.
    pub name: String,
    /// The policy's own SemVer.
    pub version: String,
    /// One line.
    pub summary: String,
    /// JSON Schema (2020-12) of the config.
    pub config_schema: Option<String>,
    /// Layout written by this version; empty if stateless.
    pub state_layout: String,
    /// Older layouts that `migrate` accepts.
    pub migrates_from: Vec<String>,
    /// Names allowed as signals.
    pub signals: Vec<String>,
    /// Extras.
    pub attributes: Vec<Attribute>,
}

/// What is wrong with a policy's config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigIssue {
    /// JSON Pointer into the config.
    pub pointer: String,
    /// What is wrong there and what was expected.
    pub message: String,
}

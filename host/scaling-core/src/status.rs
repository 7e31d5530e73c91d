//! What a backend says of a target, and what it is asked to do.

use crate::observation::{Agent, Attribute, Replica};
use crate::units::{AgentId, Generation, ReplicaId};
use crate::verdict::Placement;

/// How exactly a backend can obey a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalScope {
    /// The named replica goes.
    Replica,
    /// One on the named agent goes.
    Agent,
    /// The backend chooses; `removal.rank` predicts.
    Any,
}

/// How exactly a backend can obey a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacementScope {
    /// It starts on the named agent.
    Agent,
    /// The backend places by its own rule.
    Any,
}

/// What a backend sees of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetStatus {
    /// Sorted by id; those on their way out too.
    pub replicas: Vec<Replica>,
    /// Sorted by id.
    pub agents: Vec<Agent>,
    /// Extras for the policy; sorted by key.
    pub attributes: Vec<Attribute>,
    /// How exactly a removal can be obeyed.
    pub removal: RemovalScope,
    /// How exactly a placement can be obeyed.
    pub placement: PlacementScope,
    /// The newest order that the backend has taken, if it remembers: intents go on above it, even if the
    /// journal was lost.
    pub last_order: Option<Generation>,
}

/// One thing to do. It leaves no choices open that the backend lets the host make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start replicas.
    Add(Vec<Placement>),
    /// Drain and stop replicas.
    Remove(Vec<Victim>),
}

impl Action {
    /// Change of the size, in replicas.
    pub fn delta(&self) -> i32 {
        match self {
            Self::Add(placements) => {
                i32::try_from(placements.iter().map(|p| u64::from(p.count)).sum::<u64>()).unwrap_or(i32::MAX)
            }
            Self::Remove(victims) => -i32::try_from(victims.len()).unwrap_or(i32::MAX),
        }
    }
}

/// A replica that is to go. With [`RemovalScope::Any`] it is a prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Victim {
    /// Which.
    pub replica: ReplicaId,
    /// Where it runs.
    pub agent: Option<AgentId>,
}

/// An action with the generation of the intent that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Of the intent; the same generation twice is the same order.
    pub generation: Generation,
    /// What to do.
    pub action: Action,
}

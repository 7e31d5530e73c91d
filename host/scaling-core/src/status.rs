//! What a backend says of a target, and what it is asked to do.

use crate::observation::{Agent, Attribute, Replica, ReplicaState};
use crate::units::{AgentId, Generation, ReplicaId, Timestamp};
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
    /// What happened since the last look, oldest first. Told once.
    pub news: Vec<News>,
}

impl TargetStatus {
    /// Those that are not on their way out.
    pub fn staying(&self) -> impl Iterator<Item = &Replica> {
        self.replicas.iter().filter(|replica| replica.state != ReplicaState::Draining)
    }
}

/// Something that happened to a target and can no longer be seen in its replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// When.
    pub at: Timestamp,
    /// To whom; `None`: to the target as a whole.
    pub replica: Option<ReplicaId>,
    /// What, in one word.
    pub kind: NewsKind,
    /// What, for people.
    pub message: String,
}

impl News {
    /// Of one replica, whose name begins the sentence: "web-3 ended".
    pub fn of(replica: ReplicaId, at: Timestamp, kind: NewsKind, what: &str) -> Self {
        let message = format!("{replica} {what}");
        Self { at, replica: Some(replica), kind, message }
    }
}

/// What can happen to a replica behind the host's back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewsKind {
    /// It did not start.
    StartFailed,
    /// It failed so often that it is left alone for a while.
    Quarantined,
    /// It did not finish in time and was ended by force: gone, but not as it was asked to.
    DrainTimedOut,
    /// It was still there at its deadline.
    DrainOverdue,
    /// It could not be stopped, or not be kept from coming back.
    StopFailed,
    /// It will not be as wanted after a reboot.
    BootFailed,
    /// It ended though it was to stay.
    Ended,
    /// It is not as the host left it; nobody but a person knows whether it should be.
    Drift,
}

impl NewsKind {
    /// In a log, an event or a metric.
    pub fn label(self) -> &'static str {
        match self {
            Self::StartFailed => "start-failed",
            Self::Quarantined => "quarantined",
            Self::DrainTimedOut => "drain-timed-out",
            Self::DrainOverdue => "drain-overdue",
            Self::StopFailed => "stop-failed",
            Self::BootFailed => "boot-failed",
            Self::Ended => "ended",
            Self::Drift => "drift",
        }
    }
}

/// One thing to do. It leaves no choices open that the backend lets the host make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start replicas, or take back those that are on their way out.
    Add(Addition),
    /// Drain and stop replicas.
    Remove(Vec<Victim>),
}

impl Action {
    /// Those that are taken back.
    pub fn recalled(&self) -> &[ReplicaId] {
        match self {
            Self::Add(addition) => &addition.recall,
            Self::Remove(_) => &[],
        }
    }

    /// Change of the size, in replicas.
    pub fn delta(&self) -> i32 {
        match self {
            Self::Add(addition) => i32::try_from(addition.size()).unwrap_or(i32::MAX),
            Self::Remove(victims) => -i32::try_from(victims.len()).unwrap_or(i32::MAX),
        }
    }
}

/// Replicas that are to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addition {
    /// Draining ones that stay after all.
    pub recall: Vec<ReplicaId>,
    /// New ones.
    pub start: Vec<Placement>,
}

impl Addition {
    /// New ones only.
    pub fn of_new(start: Vec<Placement>) -> Self {
        Self { recall: Vec::new(), start }
    }

    /// How many are new.
    pub fn new_ones(&self) -> u64 {
        self.start.iter().map(|placement| u64::from(placement.count)).sum()
    }

    /// How many in all.
    pub fn size(&self) -> u64 {
        self.new_ones().saturating_add(self.recall.len() as u64)
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

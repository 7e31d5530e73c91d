//! Which drains are taken back: a replica that is still there is worth more than one that is yet to start.

use std::cmp::Reverse;

use crate::observation::{Attribute, Replica, ReplicaState, Scalar};
use crate::status::TargetStatus;
use crate::units::{AgentId, ReplicaId};
use crate::verdict::Placement;
use crate::victims::rank;

/// The flag by which a backend says of a draining replica that it can be taken back.
pub const RECALLABLE: &str = "drain.recallable";

/// Up to `count` draining replicas that can stay after all: last in the order of removal first, then the youngest
/// drain. Only on the agents where `asked` wants replicas, if it names any.
pub fn choose(count: u32, asked: &[Placement], status: &TargetStatus) -> Vec<ReplicaId> {
    let mut candidates: Vec<&Replica> =
        status.replicas.iter().filter(|replica| is_recallable(replica) && is_wanted_there(replica, asked)).collect();
    candidates.sort_by_key(|replica| (Reverse(rank(replica)), Reverse(replica.since), &replica.id));
    candidates.into_iter().take(count as usize).map(|replica| replica.id.clone()).collect()
}

/// Whether it is on its way out and can be taken back.
pub fn is_recallable(replica: &Replica) -> bool {
    let says_so = |attribute: &Attribute| attribute.key == RECALLABLE && attribute.value == Scalar::Flag(true);
    replica.state == ReplicaState::Draining && replica.attributes.iter().any(says_so)
}

fn is_wanted_there(replica: &Replica, asked: &[Placement]) -> bool {
    let names = |agent: &Option<AgentId>| agent.is_none() || *agent == replica.agent;
    asked.is_empty() || asked.iter().any(|placement| names(&placement.agent))
}

//! Which replicas go: those that the policy named, then idle before busy, unwell before well, young before old.

use std::cmp::Reverse;

use crate::observation::{Replica, ReplicaState, Scalar};
use crate::status::{RemovalScope, TargetStatus, Victim};
use crate::verdict::Removal;

/// Chooses `count` victims, or as many as there are, in the order of `asked`.
pub fn choose(count: u32, asked: &[Removal], status: &TargetStatus) -> Vec<Victim> {
    let mut stay: Vec<&Replica> = status.staying().collect();
    if status.removal == RemovalScope::Any {
        stay.sort_by_key(|replica| rank(replica));
    } else {
        stay.sort_by_key(|replica| (busy(replica), health(replica), Reverse(replica.started), replica.id.clone()));
    }
    let mut go = Vec::new();
    let mut take = |wanted: u32, matches: &dyn Fn(&Replica) -> bool| {
        for _ in 0..wanted {
            if go.len() as u32 == count {
                return;
            }
            let Some(index) = stay.iter().position(|replica| matches(replica)) else { return };
            let replica = stay.remove(index);
            go.push(Victim { replica: replica.id.clone(), agent: replica.agent.clone() });
        }
    };
    for removal in asked {
        match removal {
            Removal::Replica(id) => take(1, &|replica| replica.id == *id),
            Removal::OnAgent(agent, share) => take(*share, &|replica| replica.agent.as_ref() == Some(agent)),
            Removal::Any(share) => take(*share, &|_| true),
        }
    }
    take(count, &|_| true);
    go
}

/// Idle, unknown, busy. What does not run has nothing in hand.
fn busy(replica: &Replica) -> u8 {
    match (replica.state, replica.usage.jobs) {
        (ReplicaState::Failed | ReplicaState::Starting, None | Some(0)) | (_, Some(0)) => 0,
        (_, None) => 1,
        (_, Some(_)) => 2,
    }
}

fn health(replica: &Replica) -> u8 {
    match replica.state {
        ReplicaState::Failed => 0,
        ReplicaState::Unhealthy => 1,
        ReplicaState::Unknown | ReplicaState::Other => 2,
        ReplicaState::Starting => 3,
        ReplicaState::Ready | ReplicaState::Draining => 4,
    }
}

/// The backend's own prediction; those without one last.
pub(crate) fn rank(replica: &Replica) -> i64 {
    let attribute = replica.attributes.iter().find(|attribute| attribute.key == "removal.rank");
    match attribute.map(|attribute| &attribute.value) {
        Some(Scalar::Int(rank)) => *rank,
        _ => i64::MAX,
    }
}

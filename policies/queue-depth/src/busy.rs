//! Who may go: never one that is at work.

use std::cmp::Reverse;

use trimtab_policy_sdk::prelude::*;
use trimtab_policy_sdk::{Replica, ReplicaState, Value};

use crate::running::jobs_of;

/// Takes away `count`, or as many of them as have nothing to do.
pub fn idle(seen: &Observation, count: u32) -> Vec<Removal> {
    let staying: Vec<_> = seen.replicas.iter().filter(|replica| replica.state != ReplicaState::Draining).collect();
    if staying.iter().all(|replica| replica.usage.jobs.is_none()) {
        return removal::from_least_loaded(seen, count);
    }
    // What was asked for and is not there yet can be taken back, and nobody is the worse for it.
    let unborn = count.min(seen.desired.saturating_sub(staying.len() as u32));
    match seen.text("backend.removal") {
        None | Some("replica") => by_name(&staying, count - unborn).into_iter().chain(any(unborn)).collect(),
        Some(_) => any(unborn + by_rank(staying, count - unborn)).into_iter().collect(),
    }
}

fn any(count: u32) -> Option<Removal> {
    (count > 0).then_some(Removal::Any(count))
}

/// Known to have nothing in hand. One that is not heard from is not known.
fn is_idle(replica: &Replica) -> bool {
    replica.state != ReplicaState::Unknown && jobs_of(replica) == Some(0)
}

/// The least healthy first, then the youngest.
fn by_name(staying: &[&Replica], count: u32) -> Vec<Removal> {
    let mut idle: Vec<_> = staying.iter().filter(|replica| is_idle(replica)).collect();
    idle.sort_by_key(|replica| (health(replica.state), Reverse(replica.started), &replica.id));
    idle.into_iter().take(count as usize).map(|replica| Removal::Replica(replica.id.clone())).collect()
}

/// As the host has it.
fn health(state: ReplicaState) -> u8 {
    match state {
        ReplicaState::Failed => 0,
        ReplicaState::Unhealthy => 1,
        ReplicaState::Unknown | ReplicaState::Other => 2,
        ReplicaState::Starting => 3,
        ReplicaState::Ready | ReplicaState::Draining => 4,
    }
}

/// How many the backend may take, which takes them in an order of its own: up to the first that is at work. Where it
/// does not tell the order, all have to be idle.
fn by_rank(mut staying: Vec<&Replica>, count: u32) -> u32 {
    let is_told = staying.iter().all(|replica| rank(replica).is_some());
    staying.sort_by_key(|replica| rank(replica));
    let idle = staying.iter().take_while(|replica| is_idle(replica)).count();
    if is_told || idle == staying.len() { count.min(idle as u32) } else { 0 }
}

fn rank(replica: &Replica) -> Option<i64> {
    let rank = replica.attributes.iter().find(|attribute| attribute.key == "removal.rank")?;
    match rank.value {
        Value::Int(rank) => Some(rank),
        Value::Flag(_) | Value::Num(_) | Value::Text(_) => None,
    }
}

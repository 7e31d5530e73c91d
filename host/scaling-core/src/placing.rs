//! Where to start replicas, when the verdict or the host's own rules leave it open.

use std::collections::BTreeMap;

use crate::observation::{Agent, AgentState};
use crate::status::{PlacementScope, TargetStatus};
use crate::units::AgentId;
use crate::verdict::Placement;

/// How many more the agent may take. `None`: it cannot tell.
pub fn room(agent: &Agent) -> Option<u32> {
    if agent.state != AgentState::Open {
        return Some(0);
    }
    let below_limit = agent.replica_limit.map(|limit| limit.saturating_sub(agent.replicas));
    match (agent.room, below_limit) {
        (Some(room), Some(left)) => Some(room.min(left)),
        (room, left) => room.or(left),
    }
}

/// How many more all agents together may take. `None`: at least one cannot tell, or there are none.
pub fn total_room(agents: &[Agent]) -> Option<u32> {
    if agents.is_empty() {
        return None;
    }
    agents.iter().map(room).try_fold(0_u32, |sum, room| Some(sum.saturating_add(room?)))
}

/// Places `count` replicas: first as `asked`, as far as there is room; the rest on whoever has the fewest.
pub fn place(count: u32, asked: &[Placement], status: &TargetStatus) -> Vec<Placement> {
    let mut left = count;
    let mut placed: BTreeMap<Option<AgentId>, u32> = BTreeMap::new();
    for placement in asked {
        let fits = placement.agent.as_ref().map_or(u32::MAX, |id| room_left(id, status, &placed));
        let take = placement.count.min(left).min(fits);
        left -= take;
        *placed.entry(placement.agent.clone()).or_default() += take;
    }
    if status.placement == PlacementScope::Any || status.agents.is_empty() {
        *placed.entry(None).or_default() += left;
    } else {
        while left > 0 {
            let Some(agent) = emptiest(status, &placed) else {
                *placed.entry(None).or_default() += left;
                break;
            };
            *placed.entry(Some(agent)).or_default() += 1;
            left -= 1;
        }
    }
    placed.into_iter().filter(|(_, count)| *count > 0).map(|(agent, count)| Placement { agent, count }).collect()
}

fn room_left(id: &AgentId, status: &TargetStatus, placed: &BTreeMap<Option<AgentId>, u32>) -> u32 {
    let taken = placed.get(&Some(id.clone())).copied().unwrap_or(0);
    let agent = status.agents.iter().find(|agent| agent.id == *id);
    agent.map_or(0, |agent| room(agent).unwrap_or(u32::MAX)).saturating_sub(taken)
}

fn emptiest(status: &TargetStatus, placed: &BTreeMap<Option<AgentId>, u32>) -> Option<AgentId> {
    let load = |agent: &&Agent| agent.replicas + placed.get(&Some(agent.id.clone())).copied().unwrap_or(0);
    let open = status.agents.iter().filter(|agent| room_left(&agent.id, status, placed) > 0);
    open.min_by_key(load).map(|agent| agent.id.clone())
}

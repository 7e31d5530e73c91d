//! What to remove.

use std::cmp::Reverse;

use crate::{Agent, AgentState, Load, Observation, Removal, Replica, ReplicaState, Share, Value};

impl Removal {
    /// How many replicas it takes away.
    pub fn count(&self) -> u32 {
        match self {
            Self::Replica(_) => 1,
            Self::OnAgent(share) => share.count,
            Self::Any(count) => *count,
        }
    }
}

impl Observation {
    /// The text of an attribute, for example `label.tier` or `backend.removal`.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.key == key).and_then(|attribute| match &attribute.value {
            Value::Text(text) => Some(text.as_str()),
            Value::Flag(_) | Value::Int(_) | Value::Num(_) => None,
        })
    }
}

/// Takes `count` from the agents with the least [`Load`], emptying one before the next.
///
/// What is not on an agent that answers is left to the backend, and so is everything where the observation has no
/// agents or the backend does not obey (`backend.removal` is `any`).
pub fn from_least_loaded(observation: &Observation, count: u32) -> Vec<Removal> {
    let mut left = count;
    let mut removals = Vec::new();
    for agent in if observation.text("backend.removal") == Some("any") { vec![] } else { shrinkable(observation) } {
        let here = left.min(removable(observation, agent));
        if here > 0 {
            removals.push(Removal::OnAgent(Share { agent: agent.id.clone(), count: here }));
            left -= here;
        }
    }
    removals.extend((left > 0).then_some(Removal::Any(left)));
    removals
}

/// Names `count` replicas: idle first, then least healthy, then youngest, then by id. Those on their way out are
/// passed over. A replica that cannot tell its jobs is not taken for idle.
pub fn victims(observation: &Observation, count: u32) -> Vec<Removal> {
    let mut replicas: Vec<_> = observation.replicas.iter().filter(|replica| may_go(replica)).collect();
    replicas.sort_by_key(|replica| {
        let health = replica.state == ReplicaState::Ready;
        (replica.usage.jobs.unwrap_or(u32::MAX), health, Reverse(replica.started.unwrap_or(0)), &replica.id)
    });
    replicas.into_iter().take(count as usize).map(|replica| Removal::Replica(replica.id.clone())).collect()
}

/// Agents that answer and have something to give: least loaded first, then by id.
fn shrinkable(observation: &Observation) -> Vec<&Agent> {
    let answers = |agent: &&Agent| matches!(agent.state, AgentState::Open | AgentState::Cordoned);
    let agents: Vec<_> = observation.agents.iter().filter(answers).filter(|a| removable(observation, a) > 0).collect();
    let mut loaded: Vec<_> = agents.iter().zip(Load::of(observation, &agents)).collect();
    loaded.sort_by_key(|&(agent, load)| (load, &agent.id));
    loaded.into_iter().map(|(agent, _)| *agent).collect()
}

/// Replicas on the agent that are not on their way out already: those it counts, or those seen there if they are more.
fn removable(observation: &Observation, agent: &Agent) -> u32 {
    let seen = || observation.replicas.iter().filter(|replica| replica.runs_on(agent));
    let leaving = seen().filter(|replica| replica.state == ReplicaState::Draining).count();
    let staying = seen().count() - leaving;
    agent.replicas.saturating_sub(leaving as u32).max(staying as u32)
}

fn may_go(replica: &Replica) -> bool {
    !matches!(replica.state, ReplicaState::Draining | ReplicaState::Failed | ReplicaState::Unknown)
}

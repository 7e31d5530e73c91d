//! How much an agent has to do.

use crate::{Agent, Observation, Replica, ReplicaState};

/// What an agent has in hand. Loads made by one call of [`of`](Load::of) are of one kind, so they compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Load {
    /// Jobs running or queued on the agent's replicas of this target.
    Jobs(u64),
    /// Replicas of this target on the agent.
    Replicas(u32),
}

impl Load {
    /// The load of each of these agents: in jobs if the backend can tell for every replica on them, else in replicas.
    ///
    /// A replica that is starting has no jobs yet. One that cannot tell is never taken for idle.
    pub fn of(observation: &Observation, agents: &[&Agent]) -> Vec<Self> {
        let jobs = agents.iter().map(|agent| jobs_on(observation, agent).map(Self::Jobs));
        jobs.collect::<Option<_>>()
            .unwrap_or_else(|| agents.iter().map(|agent| Self::Replicas(agent.replicas)).collect())
    }
}

fn jobs_on(observation: &Observation, agent: &Agent) -> Option<u64> {
    observation.replicas.iter().filter(|replica| replica.runs_on(agent)).map(jobs_in_hand).sum()
}

fn jobs_in_hand(replica: &Replica) -> Option<u64> {
    let unknown = if replica.state == ReplicaState::Starting { Some(0) } else { None };
    replica.usage.jobs.or(unknown).map(u64::from)
}

impl Replica {
    /// Whether it is on that agent and has not failed.
    pub fn runs_on(&self, agent: &Agent) -> bool {
        self.agent.as_ref() == Some(&agent.id) && self.state != ReplicaState::Failed
    }
}

//! Where to add.

use serde::Deserialize;

use crate::{Agent, AgentState, JsonSchema, Load, Observation, Placement};

/// How to choose among the agents that have room. Under each of them, an agent where the software has to be deployed
/// first comes last.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Fill the agent with the least [`Load`], then the next.
    #[default]
    LeastLoaded,
    /// Fill the first by id, then the next.
    FirstFit,
    /// One by one to the agent with the fewest replicas.
    Spread,
    /// Name no agent: the backend places by its own rule.
    Any,
}

/// Places for some of what is wanted, and what is left over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// Where to add.
    pub placements: Vec<Placement>,
    /// Replicas that no agent can take.
    pub shortfall: u32,
}

impl Placed {
    /// How many have a place.
    pub fn count(&self) -> u32 {
        self.placements.iter().map(|placement| placement.count).sum()
    }
}

impl Placement {
    /// So many on that agent.
    pub fn on(agent: impl Into<String>, count: u32) -> Self {
        Self { agent: Some(agent.into()), count }
    }

    /// So many wherever the backend likes.
    pub fn anywhere(count: u32) -> Self {
        Self { agent: None, count }
    }
}

impl Agent {
    /// How many more replicas of the target it can take, by its limit and by the host's capacity rules.
    ///
    /// Not open: none. What neither of them limits is `u32::MAX`.
    pub fn free(&self) -> u32 {
        if self.state != AgentState::Open {
            return 0;
        }
        let under_limit = self.replica_limit.map_or(u32::MAX, |limit| limit.saturating_sub(self.replicas));
        under_limit.min(self.room.unwrap_or(u32::MAX))
    }
}

/// The agents that can take at least one more: installed ones first, then by id.
pub fn eligible(observation: &Observation) -> Vec<&Agent> {
    let mut agents: Vec<_> = observation.agents.iter().filter(|agent| agent.free() > 0).collect();
    agents.sort_by_key(|agent| (!agent.installed, &agent.id));
    agents
}

/// Finds places for `count` replicas.
///
/// Where the observation has no agents, or the backend says that it does not obey (`backend.placement` is `any`),
/// and under [`Strategy::Any`], the backend is left to place them.
pub fn place(observation: &Observation, count: u32, strategy: Strategy) -> Placed {
    if strategy == Strategy::Any
        || observation.agents.is_empty()
        || observation.text("backend.placement") == Some("any")
    {
        return Placed { placements: placement(None, count).into_iter().collect(), shortfall: 0 };
    }
    let agents = eligible(observation);
    match strategy {
        Strategy::Spread => spread(&agents, count),
        Strategy::LeastLoaded => fill(&by_load(observation, agents), count),
        Strategy::FirstFit | Strategy::Any => fill(&agents, count),
    }
}

fn by_load<'a>(observation: &Observation, agents: Vec<&'a Agent>) -> Vec<&'a Agent> {
    let loads = Load::of(observation, &agents);
    let mut loaded: Vec<_> = agents.into_iter().zip(loads).collect();
    loaded.sort_by_key(|(agent, load)| (!agent.installed, *load, agent.replicas));
    loaded.into_iter().map(|(agent, _)| agent).collect()
}

/// As many as fit on the first, then on the next.
pub fn fill(agents: &[&Agent], count: u32) -> Placed {
    let mut left = count;
    let placements = agents.iter().filter_map(|agent| {
        let here = left.min(agent.free());
        left -= here;
        placement(Some(&agent.id), here)
    });
    Placed { placements: placements.collect(), shortfall: left }
}

/// One by one to the agent with the fewest replicas; ties go to the first.
pub fn spread(agents: &[&Agent], count: u32) -> Placed {
    let mut given = vec![0; agents.len()];
    let mut left = count;
    while left > 0 {
        let open = (0..agents.len()).filter(|&i| given[i] < agents[i].free());
        let Some(emptiest) = open.min_by_key(|&i| (!agents[i].installed, agents[i].replicas + given[i])) else { break };
        given[emptiest] += 1;
        left -= 1;
    }
    let placements = agents.iter().zip(given).filter_map(|(agent, here)| placement(Some(&agent.id), here));
    Placed { placements: placements.collect(), shortfall: left }
}

fn placement(agent: Option<&String>, count: u32) -> Option<Placement> {
    (count > 0).then(|| Placement { agent: agent.cloned(), count })
}

//! Whether a decision can be carried out on what was observed.
//!
//! A replica on its way out is no victim: it is subtracted from `desired` already, so naming it would
//! count it twice. Counted removals may reach down to `desired` even if fewer replicas are seen,
//! because those that are about to start can be taken back.

use std::collections::{HashMap, HashSet};

use scaling_core::failure::PolicyFailure;
use scaling_core::observation::{AgentState, Observation, Replica, ReplicaState};
use scaling_core::units::AgentId;
use scaling_core::verdict::{Decision, Placement, Removal};

use super::invalid;

pub(super) fn check(decision: &Decision, observation: &Observation) -> Result<(), PolicyFailure> {
    match decision {
        Decision::Hold(_) => Ok(()),
        Decision::Add(placements) => check_add(placements, observation),
        Decision::Remove(removals) => check_remove(removals, observation),
    }
}

fn check_add(placements: &[Placement], observation: &Observation) -> Result<(), PolicyFailure> {
    if placements.is_empty() {
        return Err(invalid("add without a placement; expected at least one, or hold"));
    }
    let agents: HashMap<&AgentId, AgentState> =
        observation.agents.iter().map(|agent| (&agent.id, agent.state)).collect();
    placements.iter().enumerate().try_for_each(|(index, placement)| check_placement(index, placement, &agents))?;
    let total: u64 = placements.iter().map(|placement| u64::from(placement.count)).sum();
    if u64::from(observation.desired) + total > u64::from(u32::MAX) {
        return Err(invalid(format!(
            "add of {total} replicas in all to {} is more than can be counted",
            observation.desired
        )));
    }
    Ok(())
}

fn check_placement(
    index: usize,
    placement: &Placement,
    agents: &HashMap<&AgentId, AgentState>,
) -> Result<(), PolicyFailure> {
    if placement.count == 0 {
        return Err(invalid(format!("add[{index}] has count 0; expected at least 1")));
    }
    let Some(id) = &placement.agent else { return Ok(()) };
    match agents.get(id) {
        Some(AgentState::Open) => Ok(()),
        Some(&state) => {
            Err(invalid(format!("add[{index}] names agent {:?}, which is {}; expected an open one", id.0, word(state))))
        }
        None => Err(invalid(format!("add[{index}] names agent {:?}, which is not observed", id.0))),
    }
}

fn check_remove(removals: &[Removal], observation: &Observation) -> Result<(), PolicyFailure> {
    if removals.is_empty() {
        return Err(invalid("remove without a removal; expected at least one, or hold"));
    }
    let mut victims = Victims::new(observation);
    for (index, removal) in removals.iter().enumerate() {
        victims.mark(index, removal)?;
    }
    victims.check_total(removals)
}

/// What is marked for removal so far.
struct Victims<'a> {
    observation: &'a Observation,
    removable: HashMap<&'a str, &'a Replica>,
    named: HashSet<&'a str>,
    on_agent: HashMap<&'a AgentId, Share>,
}

/// Of one agent.
#[derive(Default)]
struct Share {
    /// Marked, by name and by count.
    marked: u64,
    /// That can go: those seen on it, or as many as it counts itself.
    there: u64,
    observed: bool,
}

impl<'a> Victims<'a> {
    fn new(observation: &'a Observation) -> Self {
        let staying = || observation.replicas.iter().filter(|replica| replica.state != ReplicaState::Draining);
        let mut on_agent = HashMap::<&AgentId, Share>::new();
        for id in staying().filter_map(|replica| replica.agent.as_ref()) {
            on_agent.entry(id).or_default().there += 1;
        }
        for agent in &observation.agents {
            let share = on_agent.entry(&agent.id).or_default();
            share.there = share.there.max(agent.replicas.into());
            share.observed = true;
        }
        Self {
            observation,
            removable: staying().map(|replica| (replica.id.as_str(), replica)).collect(),
            named: HashSet::new(),
            on_agent,
        }
    }

    fn mark(&mut self, index: usize, removal: &'a Removal) -> Result<(), PolicyFailure> {
        match removal {
            Removal::Replica(id) => self.mark_replica(index, id.as_str()),
            Removal::OnAgent(_, 0) | Removal::Any(0) => {
                Err(invalid(format!("remove[{index}] has count 0; expected at least 1")))
            }
            Removal::OnAgent(id, count) => self.mark_share(index, id, *count),
            Removal::Any(_) => Ok(()),
        }
    }

    fn mark_replica(&mut self, index: usize, id: &'a str) -> Result<(), PolicyFailure> {
        let Some(&replica) = self.removable.get(id) else {
            let draining = self.observation.replicas.iter().any(|replica| replica.id.as_str() == id);
            let why = if draining { "is on its way out already" } else { "is not observed" };
            return Err(invalid(format!("remove[{index}] names replica {id:?}, which {why}")));
        };
        if !self.named.insert(id) {
            return Err(invalid(format!("remove[{index}] names replica {id:?} a second time")));
        }
        match &replica.agent {
            Some(agent) => self.mark_on(index, agent, 1),
            None => Ok(()),
        }
    }

    fn mark_share(&mut self, index: usize, id: &'a AgentId, count: u32) -> Result<(), PolicyFailure> {
        if !self.on_agent.get(id).is_some_and(|share| share.observed) {
            return Err(invalid(format!("remove[{index}] names agent {:?}, which is not observed", id.0)));
        }
        self.mark_on(index, id, count)
    }

    fn mark_on(&mut self, index: usize, id: &'a AgentId, count: u32) -> Result<(), PolicyFailure> {
        let share = self.on_agent.entry(id).or_default();
        share.marked += u64::from(count);
        let Share { marked, there, .. } = *share;
        if marked > there {
            return Err(invalid(format!(
                "remove[{index}] makes {marked} replicas to remove on agent {:?}, which has {there}",
                id.0
            )));
        }
        Ok(())
    }

    fn check_total(&self, removals: &[Removal]) -> Result<(), PolicyFailure> {
        let total: u64 = removals.iter().map(|removal| u64::from(removal.count())).sum();
        let most = u64::from(self.observation.desired).max(self.removable.len() as u64);
        if total > most {
            return Err(invalid(format!("remove of {total} replicas in all; there are {most}")));
        }
        Ok(())
    }
}

fn word(state: AgentState) -> &'static str {
    match state {
        AgentState::Open => "open",
        AgentState::Cordoned => "cordoned",
        AgentState::Unreachable => "unreachable",
        AgentState::Other => "in another state",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use scaling_core::observation::{Agent, Bounds, Platform, Requirements, Usage};
    use scaling_core::units::{ReplicaId, TargetName, Timestamp};
    use scaling_core::verdict::Stance;

    use super::*;

    /// Three replicas on `open`, one of them draining; one on `shut`, which is cordoned; one nowhere.
    fn observation() -> Observation {
        Observation {
            tick: 0,
            now: Timestamp(0),
            due: true,
            interval: Duration::from_secs(1),
            seed: 0,
            target: TargetName::default(),
            bounds: Bounds { min: 0, max: 9 },
            requirements: Requirements::default(),
            desired: 4,
            replicas: [
                ("a", Some("open")),
                ("b", Some("open")),
                ("going", Some("open")),
                ("c", Some("shut")),
                ("d", None),
            ]
            .map(|(id, agent)| replica(id, agent))
            .to_vec(),
            agents: vec![agent("open", AgentState::Open), agent("shut", AgentState::Cordoned)],
            series: Vec::new(),
            history: Vec::new(),
            attributes: Vec::new(),
        }
    }

    fn replica(id: &str, agent: Option<&str>) -> Replica {
        Replica {
            id: id.into(),
            agent: agent.map(AgentId::from),
            state: if id == "going" { ReplicaState::Draining } else { ReplicaState::Ready },
            started: None,
            since: Timestamp(0),
            usage: Usage::default(),
            attributes: Vec::new(),
        }
    }

    fn agent(id: &str, state: AgentState) -> Agent {
        Agent {
            id: id.into(),
            state,
            installed: true,
            replicas: 1,
            replica_limit: None,
            room: None,
            platform: Platform::default(),
            attributes: Vec::new(),
        }
    }

    fn add(agent: Option<&str>, count: u32) -> Decision {
        Decision::Add(vec![Placement { agent: agent.map(AgentId::from), count }])
    }

    fn named(ids: &[&str]) -> Vec<Removal> {
        ids.iter().map(|&id| Removal::Replica(ReplicaId::from(id))).collect()
    }

    fn share(agent: &str, count: u32) -> Removal {
        Removal::OnAgent(agent.into(), count)
    }

    #[test]
    fn what_can_be_carried_out_passes() {
        let mixed = [named(&["a"]), vec![share("open", 1), share("shut", 1), Removal::Any(1)]].concat();
        for decision in [
            Decision::Hold(Stance::Abstain),
            add(None, 3),
            add(Some("open"), 1),
            Decision::Remove(named(&["a", "b", "c", "d"])),
            Decision::Remove(vec![Removal::Any(4)]),
            Decision::Remove(mixed),
        ] {
            assert_eq!(check(&decision, &observation()), Ok(()), "{decision:?}");
        }
    }

    #[test]
    fn those_about_to_start_can_be_taken_back() {
        let observation = Observation { desired: 7, ..observation() };
        assert!(check(&Decision::Remove(vec![Removal::Any(7)]), &observation).is_ok());
        assert!(check(&Decision::Remove(vec![Removal::Any(8)]), &observation).is_err());
    }

    #[test]
    fn nonsense_is_told_exactly() {
        for (decision, message) in [
            (add(None, 0), "add[0] has count 0; expected at least 1"),
            (add(Some("shut"), 1), r#"add[0] names agent "shut", which is cordoned; expected an open one"#),
            (add(Some("gone"), 1), r#"add[0] names agent "gone", which is not observed"#),
            (Decision::Add(Vec::new()), "add without a placement; expected at least one, or hold"),
            (Decision::Remove(Vec::new()), "remove without a removal; expected at least one, or hold"),
            (Decision::Remove(named(&["a", "a"])), r#"remove[1] names replica "a" a second time"#),
            (Decision::Remove(named(&["x"])), r#"remove[0] names replica "x", which is not observed"#),
            (
                Decision::Remove(named(&["going"])),
                r#"remove[0] names replica "going", which is on its way out already"#,
            ),
            (Decision::Remove(vec![Removal::Any(0)]), "remove[0] has count 0; expected at least 1"),
            (Decision::Remove(vec![Removal::Any(5)]), "remove of 5 replicas in all; there are 4"),
            (Decision::Remove(vec![share("gone", 1)]), r#"remove[0] names agent "gone", which is not observed"#),
            (
                Decision::Remove(vec![share("open", 3)]),
                r#"remove[0] makes 3 replicas to remove on agent "open", which has 2"#,
            ),
            (
                Decision::Remove([named(&["a"]), vec![share("open", 2)]].concat()),
                r#"remove[1] makes 3 replicas to remove on agent "open", which has 2"#,
            ),
        ] {
            let failure = check(&decision, &observation()).unwrap_err();
            assert_eq!(failure.message, message);
        }
    }
}

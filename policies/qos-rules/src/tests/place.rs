//! Where to add and from where to remove.

use trimtab_policy_sdk::AgentState;

use super::*;

fn config(placement: &str, count: u32) -> String {
    format!(
        r#"{{ "placement": "{placement}", "rules": [ {{ "indicator": "waiting", "function": "last",
        "add": {{ "operator": ">", "threshold": 20, "count": {count} }},
        "remove": {{ "operator": "<", "threshold": 5, "count": {count} }} }} ] }}"#
    )
}

/// Three agents with 3, 1 and 2 jobs in hand.
fn three_agents(value: f64) -> ObservationBuilder {
    let agents = waiting(value).agent("A", |_| ()).agent("B", |_| ()).agent("C", |_| ());
    [("A", 3), ("B", 1), ("C", 2)].into_iter().fold(agents, |seen, (agent, jobs)| {
        seen.replica(agent, &format!("{agent}1"), |replica| replica.usage.jobs = Some(jobs))
    })
}

fn decide(placement: &str, count: u32, seen: ObservationBuilder) -> RawVerdict {
    tick(&mut prepared(&config(placement, count)), seen)
}

fn share(agent: &str, count: u32) -> Removal {
    Removal::OnAgent(Share { agent: agent.to_owned(), count })
}

#[test]
fn t18_the_agent_with_the_shortest_queue_loses_one() {
    assert_eq!(decide("least-loaded", 1, three_agents(0.0)).decision, Decision::Remove(vec![share("B", 1)]));
    let two = Decision::Remove(vec![share("B", 1), share("C", 1)]);
    assert_eq!(decide("least-loaded", 2, three_agents(0.0)).decision, two);
}

#[test]
fn jobs_that_nobody_can_tell_are_not_taken_for_none() {
    let seen = three_agents(0.0).agent("D", |_| ()).replica("D", "D1", |_| ()).replica("D", "D2", |_| ());
    // Then the replicas are compared: one each on A, B and C, and the first is taken.
    assert_eq!(decide("least-loaded", 1, seen).decision, Decision::Remove(vec![share("A", 1)]));
}

#[test]
fn without_agents_the_backend_chooses() {
    assert_eq!(decide("least-loaded", 2, waiting(30.0)).decision, Decision::Add(vec![Placement::anywhere(2)]));
    assert_eq!(decide("least-loaded", 2, waiting(0.0)).decision, Decision::Remove(vec![Removal::Any(2)]));
    assert_eq!(decide("any", 2, three_agents(30.0)).decision, Decision::Add(vec![Placement::anywhere(2)]));
}

#[test]
fn a_backend_that_does_not_obey_is_not_told() {
    let seen = |value| three_agents(value).attribute("backend.removal", "any").attribute("backend.placement", "any");
    assert_eq!(decide("least-loaded", 1, seen(30.0)).decision, Decision::Add(vec![Placement::anywhere(1)]));
    assert_eq!(decide("least-loaded", 1, seen(0.0)).decision, Decision::Remove(vec![Removal::Any(1)]));
}

#[test]
fn each_strategy_has_its_own_choice() {
    let seen = || three_agents(30.0).with(|seen| seen.agents[0].replica_limit = Some(2));
    let add = |placements: &[(&str, u32)]| {
        Decision::Add(placements.iter().map(|&(agent, count)| Placement::on(agent, count)).collect())
    };
    assert_eq!(decide("least-loaded", 3, seen()).decision, add(&[("B", 3)]));
    assert_eq!(decide("first-fit", 3, seen()).decision, add(&[("A", 1), ("B", 2)]));
    assert_eq!(decide("spread", 4, seen()).decision, add(&[("A", 1), ("B", 2), ("C", 1)]));
}

#[test]
fn t15_a_full_agent_is_passed_over() {
    let seen = waiting(30.0)
        .agent("full", |agent| (agent.replicas, agent.replica_limit) = (2, Some(2)))
        .agent("no-memory", |agent| agent.room = Some(0))
        .agent("closed", |agent| agent.state = AgentState::Cordoned)
        .agent("other", |agent| agent.replicas = 7);
    assert_eq!(decide("least-loaded", 1, seen).decision, Decision::Add(vec![Placement::on("other", 1)]));
}

#[test]
fn t16_where_the_software_has_to_be_deployed_comes_last() {
    let seen = |room| {
        waiting(30.0)
            .agent("busy", |agent| (agent.replicas, agent.room) = (5, Some(room)))
            .agent("bare", |agent| agent.installed = false)
    };
    for strategy in ["least-loaded", "first-fit", "spread"] {
        assert_eq!(decide(strategy, 1, seen(1)).decision, Decision::Add(vec![Placement::on("busy", 1)]), "{strategy}");
        assert_eq!(decide(strategy, 1, seen(0)).decision, Decision::Add(vec![Placement::on("bare", 1)]), "{strategy}");
    }
}

#[test]
fn t17_what_has_no_place_is_a_shortfall() {
    let seen = |room| waiting(30.0).agent("A", |agent| agent.room = Some(room));
    let verdict = decide("least-loaded", 3, seen(0));
    assert_eq!((word(&verdict).as_str(), verdict.shortfall), ("hold", 3));
    assert_eq!(verdict.reason, "waiting last 30 > 20, met 1 of 1: would add 3, but no agent has room");
    let verdict = decide("least-loaded", 3, seen(1));
    assert_eq!((word(&verdict).as_str(), verdict.shortfall), ("add 1", 2));
    assert_eq!(verdict.reason, "waiting last 30 > 20, met 1 of 1: add 1 of 3, no agent has room for 2 more");
}

#[test]
fn the_bounds_cut_what_is_asked_for_and_are_no_shortfall() {
    let verdict = decide("least-loaded", 5, waiting(30.0).desired(8));
    assert_eq!((word(&verdict).as_str(), verdict.shortfall), ("add 2", 0));
    assert!(verdict.reason.ends_with("add 2 of 5, 10 is the most allowed"), "{}", verdict.reason);
    let verdict = decide("least-loaded", 5, waiting(0.0).desired(3));
    assert_eq!(word(&verdict), "remove 2");
}

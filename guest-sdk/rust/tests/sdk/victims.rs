//! What to remove.

use trimtab_policy_sdk::prelude::*;
use trimtab_policy_sdk::removal::{from_least_loaded, victims};
use trimtab_policy_sdk::{Observation, ReplicaState};

fn named(removals: Vec<Removal>) -> Vec<String> {
    removals
        .into_iter()
        .map(|removal| match removal {
            Removal::Replica(id) => id,
            other => panic!("not by name: {other:?}"),
        })
        .collect()
}

fn share(agent: &str, count: u32) -> Removal {
    Removal::OnAgent(Share { agent: agent.to_owned(), count })
}

#[test]
fn idle_first_then_least_healthy_then_youngest() {
    let seen = ObservationBuilder::new()
        .replica("a", "busy", |replica| replica.usage.jobs = Some(2))
        .replica("a", "cannot-tell", |_| ())
        .replica("a", "idle-old", |replica| (replica.usage.jobs, replica.started) = (Some(0), Some(1)))
        .replica("a", "idle-young", |replica| (replica.usage.jobs, replica.started) = (Some(0), Some(2)))
        .replica("a", "idle-sick", |replica| {
            (replica.usage.jobs, replica.started, replica.state) = (Some(0), Some(1), ReplicaState::Unhealthy);
        })
        .replica("a", "leaving", |replica| {
            (replica.usage.jobs, replica.state) = (Some(0), ReplicaState::Draining);
        })
        .build();
    assert_eq!(named(victims(&seen, 9)), ["idle-sick", "idle-young", "idle-old", "busy", "cannot-tell"]);
    assert_eq!(named(victims(&seen, 1)), ["idle-sick"]);
}

/// Agent a: one of two leaves already. Agent b: silent. Agent c: one.
fn three_agents() -> Observation {
    ObservationBuilder::new()
        .agent("a", |_| ())
        .agent("b", |agent| agent.state = AgentState::Unreachable)
        .agent("c", |agent| agent.state = AgentState::Cordoned)
        .replica("a", "a1", |replica| replica.usage.jobs = Some(0))
        .replica("a", "a2", |replica| (replica.usage.jobs, replica.state) = (Some(0), ReplicaState::Draining))
        .replica("b", "b1", |_| ())
        .replica("c", "c1", |replica| replica.usage.jobs = Some(5))
        .build()
}

#[test]
fn agents_give_what_is_not_leaving_and_the_backend_the_rest() {
    assert_eq!(from_least_loaded(&three_agents(), 1), [share("a", 1)]);
    assert_eq!(from_least_loaded(&three_agents(), 3), [share("a", 1), share("c", 1), Removal::Any(1)]);
}

#[test]
fn replicas_that_the_agent_has_not_counted_yet_are_seen() {
    let seen = ObservationBuilder::new().replica("a", "a1", |_| ()).agent("a", |_| ()).build();
    assert_eq!(from_least_loaded(&seen, 1), [share("a", 1)]);
}

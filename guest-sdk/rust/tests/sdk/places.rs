//! Where to add.

use trimtab_policy_sdk::placement::{eligible, place};
use trimtab_policy_sdk::prelude::*;

fn placed(seen: ObservationBuilder, count: u32, strategy: Strategy) -> (Vec<(String, u32)>, u32) {
    let placed = place(&seen.build(), count, strategy);
    let name = |placement: Placement| (placement.agent.unwrap_or_else(|| "anywhere".to_owned()), placement.count);
    (placed.placements.into_iter().map(name).collect(), placed.shortfall)
}

fn on(shares: &[(&str, u32)]) -> Vec<(String, u32)> {
    shares.iter().map(|&(agent, count)| (agent.to_owned(), count)).collect()
}

#[test]
fn only_open_agents_with_room_are_eligible() {
    let seen = ObservationBuilder::new()
        .agent("b", |_| ())
        .agent("a", |agent| agent.installed = false)
        .agent("c", |agent| agent.room = Some(0))
        .agent("d", |agent| (agent.replicas, agent.replica_limit) = (4, Some(4)))
        .agent("e", |agent| agent.state = AgentState::Unreachable)
        .build();
    assert_eq!(eligible(&seen).iter().map(|agent| agent.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
}

#[test]
fn the_tighter_of_limit_and_room_counts() {
    let seen = ObservationBuilder::new()
        .agent("a", |agent| (agent.replicas, agent.replica_limit, agent.room) = (1, Some(4), Some(2)))
        .agent("b", |agent| (agent.replicas, agent.replica_limit, agent.room) = (3, Some(4), Some(9)));
    assert_eq!(placed(seen, 5, Strategy::FirstFit), (on(&[("a", 2), ("b", 1)]), 2));
}

#[test]
fn spreading_evens_out() {
    let seen = ObservationBuilder::new()
        .agent("a", |agent| agent.replicas = 3)
        .agent("b", |agent| agent.replicas = 1)
        .agent("c", |agent| agent.room = Some(1));
    assert_eq!(placed(seen, 4, Strategy::Spread), (on(&[("a", 1), ("b", 2), ("c", 1)]), 0));
}

#[test]
fn no_agents_at_all_is_no_shortage() {
    assert_eq!(placed(ObservationBuilder::new(), 2, Strategy::LeastLoaded), (on(&[("anywhere", 2)]), 0));
}

#[test]
fn agents_without_room_are_a_shortage() {
    let seen = ObservationBuilder::new().agent("a", |agent| agent.state = AgentState::Cordoned);
    assert_eq!(placed(seen, 2, Strategy::Spread), (on(&[]), 2));
}

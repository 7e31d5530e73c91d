//! Whole ticks: wishes, states, history.

use super::*;

#[test]
fn grows_and_shrinks_as_the_policy_says() {
    let mut world = World::new(spec(0, 10), 2);
    assert_eq!(world.add(3).desired, 5);
    assert_eq!(world.running(), 5);
    assert_eq!(world.remove(4).desired, 1);
    assert_eq!(world.running(), 1);
    let history = world.controller.observation(&world.status, Vec::new(), true).history;
    assert_eq!(history.iter().map(|entry| entry.delta).collect::<Vec<_>>(), [3, -4]);
    assert_eq!(history[0].outcome, Outcome::Succeeded);
}

#[test]
fn a_failure_holds_and_keeps_the_state() {
    let mut world = World::new(spec(0, 10), 2);
    let mut verdict = Verdict::new(Decision::Hold(Stance::Steady), "fine");
    verdict.state = StateChange::Set(State { layout: "x/1".into(), data: vec![7] });
    world.answer(Answer::Verdict(verdict));
    let decided = world.fail();
    assert_eq!((decided.desired, kinds(&decided)), (2, vec![ReasonKind::PolicyFailed]));
    let slot = &world.controller.memory().slots[&"main".into()];
    assert_eq!((slot.state.as_ref().unwrap().data.as_slice(), slot.failures), ([7].as_slice(), 1));
}

#[test]
fn refusals_in_a_row_are_one_entry_at_the_latest() {
    let mut world = World::new(spec(0, 2), 2);
    world.add(1);
    world.add(1);
    let latest = world.now;
    let history = world.controller.observation(&world.status, Vec::new(), true).history;
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].outcome, history[0].delta, history[0].at), (Outcome::Refused, 1, latest));
}

#[test]
fn ticks_count_evaluations_only() {
    let mut world = World::new(spec(0, 2), 2);
    world.hold();
    world.answer(Answer::NotAsked { input: "load".into() });
    world.controller.blind(world.now);
    assert_eq!(world.controller.observation(&world.status, Vec::new(), true).tick, 2);
    assert_eq!(world.controller.memory().beat, 3);
}

#[test]
fn the_initial_size_is_for_a_target_without_replicas_only() {
    let mut with_initial = spec(0, 10);
    with_initial.initial = Some(3);
    let mut empty = World::new(with_initial.clone(), 0);
    empty.hold();
    assert_eq!(empty.running(), 3);
    let mut full = World::new(with_initial, 5);
    full.hold();
    assert_eq!(full.running(), 5);
}

#[test]
fn idle_goes_before_busy_and_young_before_old() {
    let mut world = World::new(spec(0, 10), 3);
    world.status.replicas[0].usage.jobs = Some(0);
    world.status.replicas[1].usage.jobs = Some(2);
    world.status.replicas[2].usage.jobs = Some(1);
    world.status.replicas[2].started = Some(Timestamp(9));
    world.remove(2);
    assert_eq!(world.status.replicas[0].id.as_str(), "r002");
}

/// Replicas that start slowly, drain slowly, and sometimes never become ready.

#[test]
fn refusals_never_push_out_what_a_cooldown_needs() {
    let mut rails = spec(0, 1000);
    rails.guardrails.cooldown.up = Duration::from_secs(100_000);
    let mut world = World::new(rails, 1);
    world.add(1);
    for count in 1..400 {
        assert_eq!(world.add(count).desired, 2);
    }
}

#[test]
fn early_wakes_do_not_count_as_failures() {
    let mut rails = spec(0, 10);
    rails.guardrails.fallback =
        Some(crate::spec::Fallback { after: 2, replicas: 7, behavior: crate::spec::FallbackBehavior::Static });
    let mut world = World::new(rails, 1);
    let absent = Answers::from([("main".into(), Answer::NotAsked { input: "load".into() })]);
    let early = Circumstances { due: false, has_data: true };
    for _ in 0..9 {
        world.controller.see(&world.status, world.now);
        assert_eq!(world.controller.decide(&world.status, &world.orders, &absent, early).desired, 1);
    }
    world.fail();
    assert_eq!(world.fail().desired, 7);
}

#[test]
fn no_opinion_for_want_of_any_data_leads_to_the_fallback() {
    let mut rails = spec(0, 10);
    rails.guardrails.fallback =
        Some(crate::spec::Fallback { after: 2, replicas: 7, behavior: crate::spec::FallbackBehavior::Static });
    let mut world = World::new(rails, 1);
    let abstains = Answer::Verdict(Verdict::new(Decision::Hold(Stance::Abstain), "nothing to go by"));
    let answers = Answers::from([("main".into(), abstains)]);
    let sizes = [true, true, false, false].map(|has_data| {
        world.controller.see(&world.status, world.now);
        let circumstances = Circumstances { due: true, has_data };
        world.controller.decide(&world.status, &world.orders, &answers, circumstances).desired
    });
    assert_eq!(sizes, [1, 1, 1, 7]);
}

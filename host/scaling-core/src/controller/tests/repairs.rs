//! What is under way, what was interrupted, and what is put right.

use super::*;

#[test]
fn an_order_that_was_never_carried_out_is_repaired_after_a_restart_and_only_once() {
    let mut world = World::new(spec(0, 10), 2);
    world.obeys = false;
    world.add(3);
    world.restart();
    world.obeys = true;
    let decided = world.hold();
    assert_eq!(kinds(&decided), [ReasonKind::PolicySteady, ReasonKind::Repaired]);
    assert_eq!(world.running(), 5);
    assert!(world.hold().intent.is_none());
    let past = &world.controller.memory().past;
    assert_eq!(past[0].entry.outcome, Outcome::Failed);
}

#[test]
fn an_order_half_carried_out_is_completed_after_a_restart() {
    let mut world = World::new(spec(0, 10), 2);
    world.obeys = false;
    world.add(3);
    world.start(1);
    world.restart();
    world.obeys = true;
    world.hold();
    assert_eq!(world.running(), 5);
    assert_eq!(world.controller.memory().past[0].entry.achieved, 1);
}

#[test]
fn a_removal_not_begun_is_repaired_after_a_restart() {
    let mut world = World::new(spec(0, 10), 5);
    world.obeys = false;
    world.remove(2);
    world.restart();
    world.obeys = true;
    world.hold();
    assert_eq!(world.running(), 3);
}

#[test]
fn what_others_kill_is_replaced_and_what_others_start_is_removed() {
    let mut world = World::new(spec(0, 10), 4);
    world.hold();
    world.status.replicas.truncate(2);
    world.hold();
    assert_eq!(world.running(), 4);
    world.start(3);
    world.hold();
    assert_eq!(world.running(), 4);
}

#[test]
fn a_backend_that_refuses_is_asked_ever_more_rarely() {
    let mut world = World::new(spec(0, 10), 1);
    world.obeys = false;
    let decided = world.add(1);
    world.controller.not_carried_out(decided.intent.unwrap().generation, world.now);
    let mut tries = 0;
    for _ in 0..30 {
        if let Some(intent) = world.hold().intent {
            tries += 1;
            world.controller.not_carried_out(intent.generation, world.now);
        }
    }
    assert_eq!(tries, 4, "after 10, 20, 40, 80, 160 s ...");
}

#[test]
fn nothing_is_doubled_while_an_addition_is_under_way() {
    let mut world = World::new(spec(0, 10), 1);
    world.obeys = false;
    world.add(2);
    assert!(world.hold().intent.is_none());
    world.status.replicas.extend(status(&[("x1", ReplicaState::Starting), ("x2", ReplicaState::Starting)]).replicas);
    assert!(world.hold().intent.is_none());
    assert_eq!(world.controller.memory().pending.len(), 1);
    world.status.replicas.iter_mut().for_each(|replica| replica.state = ReplicaState::Ready);
    world.hold();
    assert!(world.controller.memory().pending.is_empty());
}

#[test]
fn a_long_drain_stays_pending_and_is_not_repaired() {
    let mut world = World::new(spec(0, 10), 3);
    world.obeys = false;
    let decided = world.remove(1);
    let Action::Remove(victims) = decided.intent.unwrap().action else { panic!("a removal") };
    let victim = world.status.replicas.iter_mut().find(|r| r.id == victims[0].replica).unwrap();
    victim.state = ReplicaState::Draining;
    for _ in 0..100 {
        assert!(world.hold().intent.is_none());
    }
    world.restart();
    assert!(world.hold().intent.is_none());
    assert_eq!(world.controller.memory().pending.len(), 1);
    world.status.replicas.retain(|replica| replica.id != victims[0].replica);
    world.hold();
    assert_eq!(world.controller.memory().past.last().unwrap().entry.outcome, Outcome::Succeeded);
}

#[test]
fn a_lost_journal_does_not_take_the_generations_back() {
    let mut world = World::new(spec(0, 10), 1);
    world.status.last_order = Some(Generation(41));
    assert_eq!(world.add(1).intent.unwrap().generation, Generation(42));
}

#[test]
fn slow_starts_and_drains_in_any_order_never_need_a_repair() {
    for seed in 1..=200_u64 {
        let mut world = World::new(spec(0, 20), 2);
        let mut random = crate::seed::seed(&"slow".into(), seed);
        let mut draw = move |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        world.obeys = false;
        for step in 0..60 {
            let decided = match draw(4) {
                0 => world.add(1 + draw(5) as u32),
                1 | 2 => world.remove(1 + draw(3) as u32),
                _ => world.hold(),
            };
            if let Some(intent) = &decided.intent {
                assert!(!intent.repair, "seed {seed}, step {step}: {:?}", decided.reasons);
                match &intent.action {
                    Action::Add(_) => {
                        world.start(intent.size());
                        let new = world.status.replicas.len() - intent.size() as usize;
                        world.status.replicas[new..].iter_mut().for_each(|r| r.state = ReplicaState::Starting);
                    }
                    Action::Remove(victims) => {
                        let goes = |r: &Replica| victims.iter().any(|victim| victim.replica == r.id);
                        world
                            .status
                            .replicas
                            .iter_mut()
                            .filter(|r| goes(r))
                            .for_each(|r| r.state = ReplicaState::Draining);
                    }
                }
            }
            world.status.replicas.retain(|r| r.state != ReplicaState::Draining || draw(3) > 0);
            for replica in world.status.replicas.iter_mut().filter(|r| r.state == ReplicaState::Starting) {
                if draw(3) == 0 {
                    replica.state = ReplicaState::Ready;
                }
            }
            let stays = world.status.replicas.iter().filter(|r| r.state != ReplicaState::Draining).count();
            assert_eq!(stays, decided.desired as usize, "seed {seed}, step {step}");
        }
    }
}

#[test]
fn a_smaller_size_costs_nobody_where_too_few_run() {
    let mut world = World::new(spec(0, 10), 10);
    world.hold();
    world.status.replicas.truncate(6);
    let decided = world.remove(4);
    assert_eq!((decided.desired, decided.intent.is_none()), (6, true));
    assert_eq!(world.running(), 6);
    assert!(world.hold().intent.is_none());
    let history = world.controller.observation(&world.status, Vec::new(), true).history;
    assert_eq!((history[0].delta, history[0].outcome), (-4, Outcome::Succeeded));
}

#[test]
fn a_paused_target_is_left_alone_even_if_replicas_die() {
    let mut world = World::new(spec(1, 10), 3);
    world.hold();
    world.orders.paused = Some(paused());
    world.status.replicas.clear();
    assert!(world.add(4).intent.is_none());
    assert_eq!(world.running(), 0);
}

//! Whole ticks against a small model of a backend.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Answer, Answers, Controller, Decided};
use crate::failure::{FailureKind, PolicyFailure};
use crate::memory::Memory;
use crate::observation::{Agent, AgentState, Bounds, Outcome, Platform, Replica, ReplicaState, Requirements, Usage};
use crate::orders::{Orders, Pause, SizeOrder};
use crate::reason::ReasonKind;
use crate::spec::{Guardrails, TargetSpec};
use crate::status::{Action, PlacementScope, RemovalScope, TargetStatus};
use crate::units::{Generation, Timestamp};
use crate::verdict::{Decision, Placement, Removal, Stance, State, StateChange, Verdict};

pub(crate) fn spec(min: u32, max: u32) -> TargetSpec {
    TargetSpec {
        name: "web".into(),
        bounds: Bounds { min, max },
        initial: None,
        interval: Duration::from_secs(10),
        requirements: Requirements::default(),
        labels: Vec::new(),
        settle_within: Duration::from_secs(60),
        live: "main".into(),
        guardrails: Guardrails::default(),
    }
}

pub(crate) fn paused() -> Pause {
    Pause { at: Timestamp(0), by: "anna".into(), reason: "upgrade".into() }
}

pub(crate) fn size_order(replicas: u32) -> SizeOrder {
    SizeOrder { replicas, at: Timestamp(0), by: "anna".into(), reason: String::new() }
}

pub(crate) fn agents(rooms: &[(Option<u32>, AgentState)]) -> Vec<Agent> {
    let agent = |(index, (room, state)): (usize, &(Option<u32>, AgentState))| Agent {
        id: format!("host-{index}").as_str().into(),
        state: *state,
        installed: true,
        replicas: 0,
        replica_limit: None,
        room: *room,
        platform: Platform::default(),
        attributes: Vec::new(),
    };
    rooms.iter().enumerate().map(agent).collect()
}

pub(crate) fn status(replicas: &[(&str, ReplicaState)]) -> TargetStatus {
    let replica = |(id, state): &(&str, ReplicaState)| Replica {
        id: (*id).into(),
        agent: None,
        state: *state,
        started: Some(Timestamp(1)),
        since: Timestamp(1),
        usage: Usage::default(),
        attributes: Vec::new(),
    };
    TargetStatus {
        replicas: replicas.iter().map(replica).collect(),
        agents: Vec::new(),
        attributes: Vec::new(),
        removal: RemovalScope::Replica,
        placement: PlacementScope::Any,
        last_order: None,
    }
}

/// A backend that obeys at once, unless told otherwise.
struct World {
    controller: Controller,
    status: TargetStatus,
    orders: Orders,
    now: Timestamp,
    next: u32,
    obeys: bool,
}

impl World {
    fn new(spec: TargetSpec, replicas: u32) -> Self {
        let mut world = Self {
            controller: Controller::resume(spec, Memory::default()),
            status: status(&[]),
            orders: Orders::default(),
            now: Timestamp(1_000_000),
            next: 0,
            obeys: true,
        };
        world.start(replicas);
        world
    }

    fn start(&mut self, count: u32) {
        for _ in 0..count {
            self.next += 1;
            self.status.replicas.extend(status(&[(&format!("r{:03}", self.next), ReplicaState::Ready)]).replicas);
        }
    }

    fn answer(&mut self, answer: Answer) -> Decided {
        self.now = self.now.plus(Duration::from_secs(10));
        self.controller.see(&self.status, self.now);
        let decided =
            self.controller.decide(&self.status, &self.orders, &Answers::from([("main".into(), answer)]), true);
        if self.obeys
            && let Some(intent) = &decided.intent
        {
            match &intent.action {
                Action::Add(_) => self.start(intent.size()),
                Action::Remove(victims) => {
                    let gone: BTreeSet<_> = victims.iter().map(|victim| victim.replica.clone()).collect();
                    self.status.replicas.retain(|replica| !gone.contains(&replica.id));
                }
            }
        }
        decided
    }

    fn add(&mut self, count: u32) -> Decided {
        self.answer(Answer::Verdict(Verdict::new(Decision::Add(vec![Placement { agent: None, count }]), "more")))
    }

    fn remove(&mut self, count: u32) -> Decided {
        self.answer(Answer::Verdict(Verdict::new(Decision::Remove(vec![Removal::Any(count)]), "less")))
    }

    fn hold(&mut self) -> Decided {
        self.answer(Answer::Verdict(Verdict::new(Decision::Hold(Stance::Steady), "fine")))
    }

    fn fail(&mut self) -> Decided {
        self.answer(Answer::Failed(PolicyFailure { kind: FailureKind::Trap, message: "unreachable".into() }))
    }

    fn restart(&mut self) {
        self.controller = Controller::resume(self.controller.spec().clone(), self.controller.memory().clone());
    }

    fn running(&self) -> usize {
        self.status.replicas.len()
    }
}

fn kinds(decided: &Decided) -> Vec<ReasonKind> {
    decided.reasons.iter().map(|reason| reason.kind).collect()
}

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

#[test]
fn a_lost_journal_does_not_take_the_generations_back() {
    let mut world = World::new(spec(0, 10), 1);
    world.status.last_order = Some(Generation(41));
    assert_eq!(world.add(1).intent.unwrap().generation, Generation(42));
}

/// Replicas that start slowly, drain slowly, and sometimes never become ready.
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
    for _ in 0..9 {
        world.controller.see(&world.status, world.now);
        assert_eq!(world.controller.decide(&world.status, &world.orders, &absent, false).desired, 1);
    }
    world.fail();
    assert_eq!(world.fail().desired, 7);
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

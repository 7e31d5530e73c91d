//! Whole ticks against a small model of a backend.

mod recalls;
mod repairs;
mod ticks;

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Answer, Answers, Circumstances, Controller, Decided};
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
        news: Vec::new(),
    }
}

pub(crate) const PLANNED: Circumstances = Circumstances { due: true, has_data: true };

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
            self.controller.decide(&self.status, &self.orders, &Answers::from([("main".into(), answer)]), PLANNED);
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

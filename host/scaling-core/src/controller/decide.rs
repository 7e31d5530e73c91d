//! From the policies' answers to an intent, through the line of guardrails.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::controller::{AGAIN_IN, Answer, Answers, Controller};
use crate::guardrails::{self, Context, Proposal};
use crate::intent::Intent;
use crate::memory::Past;
use crate::observation::{Origin, Outcome, PastAction};
use crate::orders::Orders;
use crate::reason::{Reason, ReasonKind};
use crate::status::{Action, Addition, TargetStatus};
use crate::units::{ReplicaId, Timestamp};
use crate::verdict::{Decision, Placement, Removal, Stance, Verdict};
use crate::{placing, recall, repair, victims};

/// What one tick decided. Recorded before it is carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// When.
    pub now: Timestamp,
    /// The desired size before.
    pub before: u32,
    /// The desired size from now on.
    pub desired: u32,
    /// Each step on the way, first to last; never empty.
    pub reasons: Vec<Reason>,
    /// What is to be done, if anything.
    pub intent: Option<Intent>,
    /// Replicas wanted that no agent can take.
    pub shortfall: u32,
    /// When the live policy asks to be called again, clamped.
    pub again_in: Option<Duration>,
}

impl Decided {
    /// Whether anything is different from now on.
    pub fn changes(&self) -> bool {
        self.intent.is_some() || self.before != self.desired
    }
}

/// What else there is to know of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// This is a planned evaluation, not an early wake.
    pub due: bool,
    /// At least one of the series that the policies asked for is neither absent nor stale, or they asked for none.
    pub has_data: bool,
}

impl Controller {
    /// Decides on the answers of this tick's policies.
    ///
    /// Only what came of planned evaluations counts towards the fallback.
    pub fn decide(
        &mut self,
        status: &TargetStatus,
        orders: &Orders,
        answers: &Answers,
        circumstances: Circumstances,
    ) -> Decided {
        let asked = answers.values().any(|answer| !matches!(answer, Answer::NotAsked { .. }));
        self.memory.tick += u64::from(asked);
        if circumstances.due {
            self.memory.last_due = Some(self.memory.now);
        }
        self.carry_states(answers);

        let before = self.memory.desired.unwrap_or(0);
        let live = answers.get(&self.spec.live);
        let wish = Wish::of(live);
        self.note_wish(&wish, before, circumstances);

        let mut proposal = wish.proposal(before);
        let context = Context { now: self.memory.now, spec: &self.spec, orders, memory: &self.memory, status };
        guardrails::apply(&mut proposal, &context);

        let action = self.resize(&proposal, &wish, status);
        self.memory.desired = Some(proposal.wanted);
        let held_back = orders.paused.is_some() || self.spec.guardrails.dry_run;
        let intent = match action {
            Some(action) => Some(self.intend(action, proposal.origin, false, status)),
            None if held_back => None,
            None => self.repair(&mut proposal, status),
        };
        if proposal.wanted == before && wish.delta() != 0 {
            self.remember_refusal(&wish);
        }
        Decided {
            now: self.memory.now,
            before,
            desired: proposal.wanted,
            reasons: proposal.reasons,
            intent,
            shortfall: proposal.shortfall,
            again_in: wish
                .verdict()
                .and_then(|v| v.again_in)
                .map(|span| span.clamp(*AGAIN_IN.start(), *AGAIN_IN.end())),
        }
    }

    fn carry_states(&mut self, answers: &Answers) {
        self.memory.slots.retain(|slot, _| answers.contains_key(slot));
        for (slot, answer) in answers {
            let memory = self.memory.slots.entry(slot.clone()).or_default();
            match answer {
                Answer::Verdict(verdict) => {
                    memory.state = verdict.state.applied_to(memory.state.take());
                    memory.failures = 0;
                }
                Answer::Failed(_) => memory.failures += 1,
                Answer::NotAsked { .. } => {}
            }
        }
    }

    /// Windows record the desired size plus the verdict's change, before any guardrail.
    fn note_wish(&mut self, wish: &Wish<'_>, before: u32, Circumstances { due, has_data }: Circumstances) {
        match wish {
            Wish::Steady(_) | Wish::Change(_) => {
                let span = self.spec.guardrails.stabilization_span();
                self.memory.recommend(shifted(before, wish.delta()), self.memory.now, span);
                self.memory.unanswered = 0;
            }
            Wish::Abstain(_) if has_data => self.memory.unanswered = 0,
            // No opinion for want of any data is no answer: the fallback is for dead sources too.
            Wish::Abstain(_) | Wish::Nothing { .. } => self.memory.unanswered += u32::from(due),
        }
    }

    /// The action that leads to the proposed size, counted from what will be there once all that is under way
    /// has come about. Where fewer run than desired, a smaller size costs fewer of them, or none.
    fn resize(&mut self, proposal: &Proposal, wish: &Wish<'_>, status: &TargetStatus) -> Option<Action> {
        let delta = i64::from(proposal.wanted) - i64::from(proposal.current);
        let expected = i64::from(proposal.current) - repair::missing(&self.memory, status);
        let needed = (i64::from(proposal.wanted) - expected).clamp(delta.min(0), delta.max(0));
        let count = u32::try_from(needed.unsigned_abs()).unwrap_or(u32::MAX);
        let action = act(needed.signum(), count, wish.placements(), wish.removals(), status);
        let by_action = action.as_ref().map_or(0, |action| i64::from(action.delta()));
        self.remember_done(delta - by_action, proposal.origin);
        action
    }

    /// A change of the desired size that asks nothing of the backend: what it wants is so already.
    fn remember_done(&mut self, delta: i64, origin: Origin) {
        let Some(delta) = i32::try_from(delta).ok().filter(|delta| *delta != 0) else { return };
        let now = self.memory.now;
        let outcome = Outcome::Succeeded;
        let entry = PastAction { at: now, origin, delta, achieved: delta, outcome, settled_at: Some(now) };
        self.memory.remember(Past { entry, repair: false });
    }

    fn intend(&mut self, action: Action, origin: Origin, repair: bool, status: &TargetStatus) -> Intent {
        self.memory.generation = self.memory.generation.next();
        let intent = Intent {
            generation: self.memory.generation,
            at: self.memory.now,
            origin,
            repair,
            known: known(status),
            claimed: action.recalled().iter().cloned().collect(),
            spared: BTreeSet::new(),
            forced: BTreeSet::new(),
            gone: BTreeSet::new(),
            action,
        };
        for earlier in &mut self.memory.pending {
            earlier.spare(intent.action.recalled());
        }
        self.memory.pending.push(intent.clone());
        intent
    }

    fn repair(&mut self, proposal: &mut Proposal, status: &TargetStatus) -> Option<Intent> {
        let missing = repair::missing(&self.memory, status);
        if missing == 0 {
            return None;
        }
        let desired = proposal.wanted;
        let what = if missing > 0 { format!("{missing} too few") } else { format!("{} too many", -missing) };
        let wait = self.memory.repairs.not_before.since(self.memory.now);
        if !wait.is_zero() {
            let message = format!("{what} for a size of {desired}; next try in {wait:?}");
            proposal.want(desired, ReasonKind::RepairDelayed, message);
            return None;
        }
        let count = u32::try_from(missing.unsigned_abs()).unwrap_or(u32::MAX);
        let action = act(missing.signum(), count, &[], &[], status)?;
        proposal.want(desired, ReasonKind::Repaired, format!("{what} for a size of {desired}"));
        Some(self.intend(action, Origin::Guardrail, true, status))
    }

    fn remember_refusal(&mut self, wish: &Wish<'_>) {
        let delta = i32::try_from(wish.delta()).unwrap_or(if wish.delta() > 0 { i32::MAX } else { i32::MIN });
        let now = self.memory.now;
        let entry = PastAction {
            at: now,
            origin: Origin::Policy,
            delta,
            achieved: 0,
            outcome: Outcome::Refused,
            settled_at: Some(now),
        };
        self.memory.remember(Past { entry, repair: false });
    }
}

/// What the live policy wishes.
enum Wish<'a> {
    /// A change.
    Change(&'a Verdict),
    /// The size as it is.
    Steady(&'a Verdict),
    /// Nothing now.
    Abstain(&'a Verdict),
    /// There is no verdict, and why.
    Nothing { kind: ReasonKind, message: String },
}

impl<'a> Wish<'a> {
    fn of(answer: Option<&'a Answer>) -> Self {
        match answer {
            Some(Answer::Verdict(verdict)) => match verdict.decision {
                Decision::Hold(Stance::Steady) => Self::Steady(verdict),
                Decision::Hold(Stance::Abstain) => Self::Abstain(verdict),
                _ if verdict.decision.delta() == 0 => Self::Steady(verdict),
                _ => Self::Change(verdict),
            },
            Some(Answer::Failed(failure)) => {
                Self::Nothing { kind: ReasonKind::PolicyFailed, message: failure.to_string() }
            }
            Some(Answer::NotAsked { input }) => Self::Nothing {
                kind: ReasonKind::InputAbsent,
                message: format!("the policy needs the indicator `{input}` and there is no data of it"),
            },
            None => Self::Nothing { kind: ReasonKind::PolicyFailed, message: "no policy was asked".to_owned() },
        }
    }

    fn verdict(&self) -> Option<&'a Verdict> {
        match self {
            Self::Change(verdict) | Self::Steady(verdict) | Self::Abstain(verdict) => Some(verdict),
            Self::Nothing { .. } => None,
        }
    }

    fn delta(&self) -> i64 {
        self.verdict().map_or(0, |verdict| verdict.decision.delta())
    }

    fn placements(&self) -> &'a [Placement] {
        match self.verdict().map(|verdict| &verdict.decision) {
            Some(Decision::Add(placements)) => placements,
            _ => &[],
        }
    }

    fn removals(&self) -> &'a [Removal] {
        match self.verdict().map(|verdict| &verdict.decision) {
            Some(Decision::Remove(removals)) => removals,
            _ => &[],
        }
    }

    fn proposal(&self, before: u32) -> Proposal {
        let mut proposal = Proposal::keep(before, Origin::Policy);
        let (kind, message) = match self {
            Self::Change(verdict) => (ReasonKind::PolicyChange, verdict.reason.clone()),
            Self::Steady(verdict) => (ReasonKind::PolicySteady, verdict.reason.clone()),
            Self::Abstain(verdict) => (ReasonKind::PolicyAbstained, verdict.reason.clone()),
            Self::Nothing { kind, message } => (*kind, message.clone()),
        };
        proposal.want(shifted(before, self.delta()), kind, message);
        proposal.shortfall = self.verdict().map_or(0, |verdict| verdict.shortfall);
        proposal
    }
}

/// Who is there and not on the way out, through an earlier removal: a new one may get the name of one of these.
fn known(status: &TargetStatus) -> BTreeSet<ReplicaId> {
    status.staying().map(|replica| replica.id.clone()).collect()
}

fn shifted(size: u32, delta: i64) -> u32 {
    u32::try_from((i64::from(size) + delta).max(0)).unwrap_or(u32::MAX)
}

fn act(sign: i64, count: u32, placements: &[Placement], removals: &[Removal], status: &TargetStatus) -> Option<Action> {
    let action = if sign > 0 {
        let recall = recall::choose(count, placements, status);
        let start = placing::place(count - recall.len() as u32, placements, status);
        Action::Add(Addition { recall, start })
    } else {
        Action::Remove(victims::choose(count, removals, status))
    };
    (action.delta() != 0).then_some(action)
}

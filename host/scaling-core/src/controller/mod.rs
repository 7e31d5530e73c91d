//! The decision, tick by tick. Pure: it is told what is seen and answers what to do.
//!
//! One tick: [`Controller::see`] what the backend shows, [`Controller::observation`] for the policies,
//! [`Controller::decide`] on their answers. When the backend can't be read there is only
//! [`Controller::blind`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::failure::PolicyFailure;
use crate::guardrails;
use crate::intent::{Intent, Settled, note_gone};
use crate::memory::{Memory, Past};
use crate::observation::Outcome;
use crate::reason::Reason;
use crate::spec::TargetSpec;
use crate::status::{Action, NewsKind, TargetStatus};
use crate::units::{Generation, PolicySlot, ReplicaId, Timestamp};
use crate::verdict::Verdict;

mod decide;
mod observing;

pub use decide::{Circumstances, Decided};

/// The shortest and the longest time that a policy may ask to be called again in.
pub const AGAIN_IN: std::ops::RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(3600);

/// What came of asking one policy.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It answered.
    Verdict(Verdict),
    /// It failed.
    Failed(PolicyFailure),
    /// It was not asked, since this input that it requires is absent.
    NotAsked {
        /// Name of the input.
        input: String,
    },
}

/// What came of asking all policies of a target.
pub type Answers = BTreeMap<PolicySlot, Answer>;

/// Carries one target from tick to tick.
#[derive(Clone, Debug)]
pub struct Controller {
    spec: TargetSpec,
    memory: Memory,
    /// Nobody works on the pending intents yet: they are from before the host started.
    restarted: bool,
}

impl Controller {
    /// Goes on where `memory` ended; an empty one is the very first start.
    pub fn resume(spec: TargetSpec, memory: Memory) -> Self {
        Self { spec, memory, restarted: true }
    }

    /// What the operator asked of the target.
    pub fn spec(&self) -> &TargetSpec {
        &self.spec
    }

    /// Takes over a changed config; nothing is forgotten.
    pub fn set_spec(&mut self, spec: TargetSpec) {
        self.spec = spec;
    }

    /// All that outlives a tick.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Begins a tick: settles what is over, by what the backend shows. Returns how those intents ended.
    pub fn see(&mut self, status: &TargetStatus, now: Timestamp) -> Vec<Settled> {
        let now = self.begin(now);
        self.memory.generation = self.memory.generation.max(status.last_order.unwrap_or_default());
        self.memory.measured.look(status, now);
        for news in status.news.iter().filter(|news| news.kind == NewsKind::DrainTimedOut) {
            let forced = |intent: &mut Intent| news.replica.iter().for_each(|id| intent.force(id));
            self.memory.pending.iter_mut().for_each(forced);
        }
        note_gone(&mut self.memory.pending, status);
        self.claim(status);
        let settled = self.settle(status, now);
        self.restarted = false;
        if self.memory.desired.is_none() {
            self.adopt(status, now);
        }
        settled
    }

    /// A tick in which the backend could not be read: all stays as it is.
    pub fn blind(&mut self, now: Timestamp) -> Timestamp {
        self.begin(now)
    }

    /// The backend did not take the intent: it is over, and the difference is repaired later.
    pub fn not_carried_out(&mut self, generation: Generation, now: Timestamp) -> Option<Settled> {
        let index = self.memory.pending.iter().position(|intent| intent.generation == generation)?;
        let intent = self.memory.pending.remove(index);
        let settled = Settled { generation, outcome: Outcome::Failed, achieved: 0, at: now };
        self.close(&intent, &settled);
        self.memory.repairs.failed(now, self.spec.interval);
        Some(settled)
    }

    fn begin(&mut self, now: Timestamp) -> Timestamp {
        self.memory.beat += 1;
        self.memory.now = self.memory.now.max(now);
        self.memory.now
    }

    fn claim(&mut self, status: &TargetStatus) {
        let claimed: BTreeSet<&ReplicaId> = self.memory.pending.iter().flat_map(|intent| &intent.claimed).collect();
        let ids = status.staying().map(|replica| &replica.id);
        let mut free: BTreeSet<ReplicaId> = ids.filter(|id| !claimed.contains(id)).cloned().collect();
        let all = free.clone();
        for intent in &mut self.memory.pending {
            intent.claim(&mut free);
        }
        let came: Vec<&ReplicaId> = all.difference(&free).collect();
        for intent in &mut self.memory.pending {
            intent.succeeded_by(&came);
        }
    }

    fn settle(&mut self, status: &TargetStatus, now: Timestamp) -> Vec<Settled> {
        let mut over = Vec::new();
        for intent in std::mem::take(&mut self.memory.pending) {
            let Some(settled) = intent.settled(status, now, self.spec.settle_within, self.restarted) else {
                self.memory.pending.push(intent);
                continue;
            };
            self.close(&intent, &settled);
            if settled.outcome == Outcome::Succeeded {
                self.memory.repairs.succeeded();
            } else if !self.restarted && matches!(intent.action, Action::Add(_)) {
                self.memory.repairs.failed(now, self.spec.interval);
            }
            over.push(settled);
        }
        self.memory.forget(now, guardrails::memory_span(&self.spec));
        over
    }

    fn close(&mut self, intent: &Intent, settled: &Settled) {
        self.memory.remember(Past { entry: intent.settled_entry(settled), repair: intent.repair });
    }

    /// The first sight: the size is what it is, and that counts as a recommendation, so that nothing
    /// shrinks before the window has passed.
    fn adopt(&mut self, status: &TargetStatus, now: Timestamp) {
        let there = status.staying().count() as u32;
        let size = if there == 0 { self.spec.initial.unwrap_or(0) } else { there };
        self.memory.desired = Some(size);
        self.memory.recommend(size, now, self.spec.guardrails.stabilization_span());
    }
}

/// The reasons as one line for people: what each step said.
pub fn told(reasons: &[Reason]) -> String {
    let parts: Vec<String> = reasons.iter().map(|r| format!("{}: {}", r.kind.label(), r.message)).collect();
    parts.join("; ")
}

#[cfg(test)]
pub(crate) mod tests;

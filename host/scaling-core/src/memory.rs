//! What a controller remembers from tick to tick, and over restarts: all of it, in one value.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::intent::Intent;
use crate::measured::Measured;
use crate::observation::{Outcome, PastAction};
use crate::units::{Generation, PolicySlot, Timestamp};
use crate::verdict::State;

/// How far back a policy may look at actions.
pub const HISTORY_SPAN: Duration = Duration::from_secs(3600);
/// How many settled actions are kept at most.
pub const HISTORY_LENGTH: usize = 256;

/// All that outlives a tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// Number of the last look at the target; 0 before the first. Numbers the journal.
    pub beat: u64,
    /// Number of the last evaluation; 0 before the first. A look that asks no policy does not count.
    pub tick: u64,
    /// Time of the last look; never goes back.
    pub now: Timestamp,
    /// When the last planned evaluation was; early wakes don't count.
    pub last_due: Option<Timestamp>,
    /// The size the host is steering to; `None` before the first sight of the target.
    pub desired: Option<u32>,
    /// Of the last intent.
    pub generation: Generation,
    /// What was wanted before guardrails, for the stabilization windows.
    pub recommendations: Vec<Recommendation>,
    /// Settled and refused actions, oldest first.
    pub past: Vec<Past>,
    /// Intents under way, oldest first.
    pub pending: Vec<Intent>,
    /// Evaluations in a row without a verdict that counts.
    pub unanswered: u32,
    /// Repairs in a row that came to nothing, and when the next may be tried.
    pub repairs: Repairs,
    /// One entry for each policy slot of the target.
    pub slots: BTreeMap<PolicySlot, SlotMemory>,
    /// Start-up and drain times.
    pub measured: Measured,
}

/// An action that is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Past {
    /// As a policy sees it.
    pub entry: PastAction,
    /// A repair: it did not change the desired size.
    pub repair: bool,
}

/// The same size recommended from `first` to `last`.
///
/// Equal recommendations in a row are one entry; whether one lies in a window depends on its latest only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// The size.
    pub replicas: u32,
    /// When it was last recommended.
    pub last: Timestamp,
}

/// Repairs in a row that came to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// How many.
    pub failed: u32,
    /// When the next may be tried.
    pub not_before: Timestamp,
}

/// What is remembered of one policy of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotMemory {
    /// The policy's own memory.
    pub state: Option<State>,
    /// Failures in a row.
    pub failures: u32,
}

impl Memory {
    /// Notes a recommendation and forgets those older than `span`.
    pub fn recommend(&mut self, replicas: u32, now: Timestamp, span: Duration) {
        match self.recommendations.last_mut() {
            Some(last) if last.replicas == replicas => last.last = now,
            _ => self.recommendations.push(Recommendation { replicas, last: now }),
        }
        let newest = self.recommendations.len() - 1;
        let mut index = 0;
        self.recommendations.retain(|entry| {
            index += 1;
            index - 1 == newest || now.since(entry.last) <= span
        });
    }

    /// Notes an action that is over; a refusal like the one before it takes its place.
    pub fn remember(&mut self, past: Past) {
        if let Some(last) = self.past.last_mut()
            && last.entry.outcome == Outcome::Refused
            && past.entry.outcome == Outcome::Refused
            && (last.entry.origin, last.entry.delta) == (past.entry.origin, past.entry.delta)
        {
            *last = past;
        } else {
            self.past.push(past);
        }
    }

    /// Forgets what a policy is no longer shown and no guardrail needs.
    pub fn forget(&mut self, now: Timestamp, longest_period: Duration) {
        let span = HISTORY_SPAN.max(longest_period);
        self.past.retain(|past| now.since(past.entry.at) <= span);
        self.drop_oldest(|past| past.entry.outcome == Outcome::Refused);
        self.drop_oldest(|past| now.since(past.entry.at) > longest_period);
    }

    /// As many of those that `may_go` as there are too many in all, the oldest first.
    fn drop_oldest(&mut self, may_go: impl Fn(&Past) -> bool) {
        let mut surplus = self.past.len().saturating_sub(HISTORY_LENGTH);
        self.past.retain(|past| {
            let goes = surplus > 0 && may_go(past);
            surplus -= usize::from(goes);
            !goes
        });
    }

    /// Change of the desired size by decisions younger than `period`: (added, removed).
    pub fn changed_within(&self, now: Timestamp, period: Duration) -> (u32, u32) {
        let mut added = 0;
        let mut removed = 0;
        for entry in self.resizes().filter(|entry| now.since(entry.at) < period) {
            if entry.delta > 0 {
                added += entry.delta.unsigned_abs();
            } else {
                removed += entry.delta.unsigned_abs();
            }
        }
        (added, removed)
    }

    /// Decisions that changed the desired size, pending ones too.
    pub fn resizes(&self) -> impl Iterator<Item = ResizeAt> + '_ {
        let past = self
            .past
            .iter()
            .filter(|past| !past.repair && past.entry.outcome != Outcome::Refused)
            .map(|past| ResizeAt { at: past.entry.at, delta: past.entry.delta });
        let pending = self
            .pending
            .iter()
            .filter(|intent| !intent.repair)
            .map(|intent| ResizeAt { at: intent.at, delta: intent.action.delta() });
        past.chain(pending)
    }
}

/// A change of the desired size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResizeAt {
    /// When it was decided.
    pub at: Timestamp,
    /// By how much.
    pub delta: i32,
}

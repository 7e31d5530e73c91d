//! What was decided, and how it went.
//!
//! How it went is read off what the backend shows, never off what was told to it: so it is the same
//! whether the host ran all the time, was restarted in between, or has just come up after a crash.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::observation::{Origin, Outcome, PastAction, Replica, ReplicaState};
use crate::status::{Action, RemovalScope, TargetStatus};
use crate::units::{Generation, ReplicaId, Timestamp};

/// A decision on its way into the world. Recorded before anything is touched.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// One higher than that of the target's last intent.
    pub generation: Generation,
    /// When it was decided.
    pub at: Timestamp,
    /// Who wanted it.
    pub origin: Origin,
    /// It puts right what runs and leaves the desired size alone.
    pub repair: bool,
    /// What to do.
    pub action: Action,
    /// Who was there when it was decided; whoever else appears may have come through it.
    pub known: BTreeSet<ReplicaId>,
    /// Who came through it, so far.
    pub claimed: BTreeSet<ReplicaId>,
    /// Who was to go and has been taken back since.
    pub spared: BTreeSet<ReplicaId>,
    /// Who was to go and had to be ended by force: gone, but not as asked.
    pub forced: BTreeSet<ReplicaId>,
    /// Who was to go and was seen to be gone: another of the same name may have come since.
    pub gone: BTreeSet<ReplicaId>,
}

/// A look at a pending intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Replicas whose start or end has at least begun.
    pub begun: u32,
    /// Replicas ready, or gone.
    pub achieved: u32,
    /// Replicas that came through it and have left again, or are leaving; that were taken back, or ended by force.
    pub left: u32,
}

impl Intent {
    /// How many replicas it is about.
    pub fn size(&self) -> u32 {
        self.action.delta().unsigned_abs()
    }

    /// Takes as its own what appeared since, as far as nobody else has: `free` are the ids not yet claimed.
    pub fn claim(&mut self, free: &mut BTreeSet<ReplicaId>) {
        if !matches!(self.action, Action::Add(_)) {
            return;
        }
        while (self.claimed.len() as u32) < self.size() {
            let Some(id) = free.iter().find(|id| !self.known.contains(*id)).cloned() else { return };
            free.remove(&id);
            self.claimed.insert(id);
        }
    }

    /// Notes that some who were to go are taken back.
    pub fn spare(&mut self, recalled: &[ReplicaId]) {
        let mine: Vec<ReplicaId> =
            recalled.iter().filter(|id| self.is_to_go(id) && self.waits_for(id)).cloned().collect();
        self.spared.extend(mine);
    }

    /// Notes that one who was to go had to be ended by force.
    pub fn force(&mut self, id: &ReplicaId) {
        if self.is_to_go(id) && !self.spared.contains(id) {
            self.forced.insert(id.clone());
        }
    }

    /// Notes that new ones came: one that has the name of a victim shows that the victim is gone.
    pub fn succeeded_by(&mut self, new: &[&ReplicaId]) {
        let gone: Vec<ReplicaId> =
            new.iter().filter(|id| self.is_to_go(id) && self.waits_for(id)).map(|id| (*id).clone()).collect();
        self.gone.extend(gone);
    }

    /// Whether it is a removal that still waits for `id` to go.
    fn waits_for(&self, id: &ReplicaId) -> bool {
        matches!(self.action, Action::Remove(_)) && !self.spared.contains(id) && !self.gone.contains(id)
    }

    /// The victims that are gone and were not noted so far.
    fn victims_gone(&self, status: &TargetStatus) -> Vec<ReplicaId> {
        let Action::Remove(victims) = &self.action else { return Vec::new() };
        let is_mine = |id: &ReplicaId| status.removal != RemovalScope::Any || self.known.contains(id);
        let gone = victims.iter().map(|victim| &victim.replica).filter(|id| !is_there(status, id));
        gone.filter(|id| is_mine(id) && self.waits_for(id)).cloned().collect()
    }

    /// Others that are gone, as many as it still waits for: the backend may have chosen them.
    fn others_gone(&self, status: &TargetStatus) -> Vec<ReplicaId> {
        let waits_for = (self.size() as usize).saturating_sub(self.gone.len() + self.spared.len());
        let gone = self.known.iter().filter(|id| self.waits_for(id) && !is_there(status, id));
        gone.take(waits_for).cloned().collect()
    }

    fn is_to_go(&self, id: &ReplicaId) -> bool {
        matches!(&self.action, Action::Remove(victims) if victims.iter().any(|victim| victim.replica == *id))
    }

    /// How far it is, by what the backend shows.
    pub fn progress(&self, status: &TargetStatus) -> Progress {
        match &self.action {
            Action::Add(_) => {
                let mine = || status.replicas.iter().filter(|replica| self.claimed.contains(&replica.id));
                let ready =
                    mine().filter(|replica| matches!(replica.state, ReplicaState::Ready | ReplicaState::Unhealthy));
                let stays = mine().filter(|replica| replica.state != ReplicaState::Draining).count();
                // Whoever came and went again has come: nobody is on the way in its place.
                let left = (self.claimed.len() - stays) as u32;
                Progress { begun: self.claimed.len() as u32, achieved: ready.count() as u32, left }
            }
            Action::Remove(victims) => {
                // The name of one that is gone may be another's by now.
                let there = status.replicas.iter().filter(|replica| !self.gone.contains(&replica.id));
                let is_there = |id: &ReplicaId| there.clone().find(|replica| replica.id == *id);
                let leaving = |replica: &Replica| replica.state == ReplicaState::Draining;
                let (gone, begun) = if status.removal == RemovalScope::Any {
                    let known = || self.known.iter().filter(|id| !self.spared.contains(*id));
                    (self.gone.len(), known().filter(|id| is_there(id).is_none_or(leaving)).count())
                } else {
                    let going = || victims.iter().filter(|victim| !self.spared.contains(&victim.replica));
                    let gone = going().filter(|v| is_there(&v.replica).is_none()).count();
                    (gone, going().filter(|v| is_there(&v.replica).is_none_or(leaving)).count())
                };
                let (size, spared) = (self.size(), self.spared.len() as u32);
                let (gone, begun) = (gone as u32, begun as u32);
                let as_asked = gone.saturating_sub(self.forced.len() as u32).min(size - spared.min(size));
                let left = spared + self.forced.len() as u32;
                Progress { begun: (begun + spared).min(size), achieved: as_asked, left: left.min(size) }
            }
        }
    }

    /// How it ended, if it has.
    ///
    /// An addition may take `settle_within`; a drain takes as long as it takes. `lost` says that nobody
    /// works on it any more (the host was restarted): then what has not begun will not.
    pub fn settled(
        &self,
        status: &TargetStatus,
        now: Timestamp,
        settle_within: Duration,
        lost: bool,
    ) -> Option<Settled> {
        let Progress { begun, achieved, left } = self.progress(status);
        let overdue = now.since(self.at) > settle_within;
        let waits_for_nothing = match self.action {
            Action::Add(_) => overdue || (lost && begun < self.size()),
            Action::Remove(_) => (overdue || lost) && begun < self.size(),
        };
        let outcome = match achieved {
            all if all == self.size() => Outcome::Succeeded,
            0 if left == self.size() && self.forced.is_empty() => Outcome::Cancelled,
            0 if left == self.size() => Outcome::Failed,
            some if some + left == self.size() => Outcome::Partial,
            _ if !waits_for_nothing => return None,
            0 => Outcome::Failed,
            _ => Outcome::Partial,
        };
        Some(Settled { generation: self.generation, outcome, achieved, at: now })
    }

    /// As a policy sees it while it is pending.
    pub fn pending_entry(&self, status: &TargetStatus) -> PastAction {
        self.entry(self.progress(status).achieved, Outcome::Pending, None)
    }

    /// As a policy sees it afterwards.
    pub fn settled_entry(&self, settled: &Settled) -> PastAction {
        self.entry(settled.achieved, settled.outcome, Some(settled.at))
    }

    fn entry(&self, achieved: u32, outcome: Outcome, settled_at: Option<Timestamp>) -> PastAction {
        let delta = self.action.delta();
        PastAction {
            at: self.at,
            origin: self.origin,
            delta,
            achieved: i32::try_from(achieved).unwrap_or(i32::MAX) * delta.signum(),
            outcome,
            settled_at,
        }
    }
}

/// Notes who of those that were to go is gone by now.
///
/// Where the backend chooses who goes, whoever is gone counts for one removal only: for the one that named it, else for
/// the oldest that still waits for somebody.
pub fn note_gone(pending: &mut [Intent], status: &TargetStatus) {
    for index in 0..pending.len() {
        let gone = pending[index].victims_gone(status);
        count_for(pending, index, gone, status.removal);
    }
    if status.removal == RemovalScope::Any {
        for index in 0..pending.len() {
            let gone = pending[index].others_gone(status);
            count_for(pending, index, gone, status.removal);
        }
    }
}

fn count_for(pending: &mut [Intent], index: usize, gone: Vec<ReplicaId>, scope: RemovalScope) {
    let is_other_removal = |other: usize, intent: &Intent| other != index && matches!(intent.action, Action::Remove(_));
    if scope == RemovalScope::Any {
        for (_, other) in pending.iter_mut().enumerate().filter(|(other, intent)| is_other_removal(*other, intent)) {
            other.known.retain(|id| !gone.contains(id));
        }
    }
    pending[index].gone.extend(gone);
}

fn is_there(status: &TargetStatus, id: &ReplicaId) -> bool {
    status.replicas.iter().any(|replica| replica.id == *id)
}

/// How an intent ended: an event in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Of the intent.
    pub generation: Generation,
    /// How.
    pub outcome: Outcome,
    /// Replicas added or removed.
    pub achieved: u32,
    /// When it was seen.
    pub at: Timestamp,
}

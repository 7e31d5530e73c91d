//! Watches the board and the queue, and keeps what it sees: the frame to show, and the tally for the summary.

use std::sync::Arc;
use std::time::Duration;

use scaling_core::controller::Decided;
use scaling_core::observation::{Replica, ReplicaState};
use scaling_core::reason::ReasonKind;
use scaling_core::units::Timestamp;

use super::frame::{Frame, Moment, Note};
use super::queue::book::Counters;
use super::tally::Tally;
use crate::board::TargetView;

/// How often a moment is kept for the plot.
const MOMENT: Duration = Duration::from_millis(250);

/// Sees everything. Looks may come at any pace; every decision between two ticks of the target is seen once.
pub struct Watch {
    began: Timestamp,
    looked: Timestamp,
    seen: Option<Timestamp>,
    /// What kept the size when that was last told.
    held_by: Vec<ReasonKind>,
    frame: Frame,
    tally: Tally,
}

impl Watch {
    /// Begins now.
    pub fn new(now: Timestamp, length: Duration, footer: String) -> Self {
        let frame = Frame { length, footer, ..Frame::default() };
        Self { began: now, looked: now, seen: None, held_by: Vec::new(), frame, tally: Tally::default() }
    }

    /// What is to be shown.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// What is to be summed up.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How long it has been watching.
    pub fn elapsed(&self, now: Timestamp) -> Duration {
        now.since(self.began)
    }

    /// One look at everything.
    pub fn look(&mut self, view: Option<&Arc<TargetView>>, queue: &Counters, now: Timestamp) {
        if let Some(view) = view {
            self.look_at(view);
        }
        let moment = self.moment(view, queue, now);
        self.frame.now = moment;
        self.tally.pass(now.since(self.looked), view.map_or(0, |view| running(view)));
        self.looked = now;
        let last = self.frame.moments.last();
        if last.is_none_or(|last| moment.at >= last.at + MOMENT) {
            self.frame.moments.push(moment);
        }
        self.frame.done = queue.done;
    }

    fn look_at(&mut self, view: &TargetView) {
        self.frame.trouble = view.blind.clone().or_else(|| view.failure.clone());
        // Two ticks can fall between two looks; a change is seen all the same.
        let mut decisions: Vec<&Decided> = view.last_change.iter().chain(&view.decided).collect();
        decisions.sort_by_key(|decided| decided.now);
        for decided in decisions {
            if self.seen.is_none_or(|seen| seen < decided.now) {
                self.seen = Some(decided.now);
                self.decision(decided);
            }
        }
    }

    fn decision(&mut self, decided: &Decided) {
        self.tally.count(decided);
        let held_by = held_by(decided);
        let is_change = decided.before != decided.desired || decided.intent.is_some();
        let is_new = !held_by.is_empty() && held_by != self.held_by;
        if is_change || is_new {
            self.held_by = held_by;
            self.frame.notes.push(Note {
                at: decided.now.since(self.began),
                from: decided.before,
                to: decided.desired,
                reasons: decided.reasons.clone(),
            });
        }
    }

    fn moment(&self, view: Option<&Arc<TargetView>>, queue: &Counters, now: Timestamp) -> Moment {
        let ready = |replica: &&Replica| replica.state == ReplicaState::Ready;
        Moment {
            at: self.elapsed(now),
            load: queue.arrivals_per_second,
            waiting: queue.waiting,
            running: queue.running,
            ready: view.map_or(0, |view| replicas(view).filter(ready).count() as u32),
            desired: view.and_then(|view| view.decided.as_ref()).map_or(0, |decided| decided.desired),
        }
    }
}

/// What kept the size from changing, beside the policy's own opinion.
fn held_by(decided: &Decided) -> Vec<ReasonKind> {
    let opinion = [ReasonKind::PolicyChange, ReasonKind::PolicySteady, ReasonKind::PolicyAbstained];
    decided.reasons.iter().map(|reason| reason.kind).filter(|kind| !opinion.contains(kind)).collect()
}

fn replicas(view: &TargetView) -> impl Iterator<Item = &Replica> {
    view.observation.iter().flat_map(|observation| &observation.replicas)
}

/// Replicas that cost something, those on their way out too.
fn running(view: &TargetView) -> u32 {
    replicas(view).filter(|replica| replica.state != ReplicaState::Failed).count() as u32
}

#[cfg(test)]
mod tests {
    use scaling_core::reason::Reason;

    use super::*;

    fn decided(seconds: u64, before: u32, desired: u32, kinds: &[ReasonKind]) -> Decided {
        let reason = |kind: &ReasonKind| Reason { kind: *kind, from: before, to: desired, message: "so".to_owned() };
        Decided {
            now: at(seconds),
            before,
            desired,
            reasons: kinds.iter().map(reason).collect(),
            intent: None,
            shortfall: 0,
            again_in: None,
        }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp(5_000_000).plus(Duration::from_secs(seconds))
    }

    fn view(decided: Decided, last_change: Option<Decided>) -> Arc<TargetView> {
        Arc::new(TargetView { decided: Some(decided), last_change, ..TargetView::default() })
    }

    fn steps(watch: &Watch) -> Vec<(u32, u32)> {
        watch.frame().notes.iter().map(|note| (note.from, note.to)).collect()
    }

    #[test]
    fn a_decision_is_seen_once_and_a_change_between_two_looks_too() {
        let mut watch = Watch::new(at(0), Duration::from_secs(60), String::new());
        let change = decided(1, 1, 3, &[ReasonKind::PolicyChange]);
        let steady = view(decided(2, 3, 3, &[ReasonKind::PolicySteady]), Some(change));
        watch.look(Some(&steady), &Counters::default(), at(2));
        watch.look(Some(&steady), &Counters::default(), at(3));
        assert_eq!(steps(&watch), [(1, 3)]);
        let times: Vec<_> = watch.tally().decisions().iter().map(|(kind, given)| (*kind, given.times)).collect();
        assert_eq!(times, [(ReasonKind::PolicyChange, 1), (ReasonKind::PolicySteady, 1)]);
    }

    #[test]
    fn what_a_guardrail_holds_is_told_once_for_a_size() {
        let mut watch = Watch::new(at(0), Duration::from_secs(60), String::new());
        let held = [ReasonKind::PolicyChange, ReasonKind::ScaleDownStabilized];
        let ticks = [(3, 3, &held[..]), (3, 3, &held[..1]), (3, 3, &held), (3, 2, &held[..1]), (2, 2, &held)];
        for (second, (before, after, kinds)) in (1..).zip(ticks) {
            watch.look(Some(&view(decided(second, before, after, kinds), None)), &Counters::default(), at(second));
        }
        assert_eq!(steps(&watch), [(3, 3), (3, 2), (2, 2)]);
    }

    #[test]
    fn moments_are_kept_four_times_a_second() {
        let mut watch = Watch::new(at(0), Duration::from_secs(60), String::new());
        for step in 0..=20 {
            watch.look(None, &Counters::default(), at(0).plus(Duration::from_millis(50 * step)));
        }
        assert_eq!(watch.frame().moments.len(), 5);
    }
}

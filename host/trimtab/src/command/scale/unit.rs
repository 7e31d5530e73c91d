//! One replica, from the order on: what it was, what it is, what was told of it.

use scaling_core::observation::{Replica, ReplicaState};
use scaling_core::status::NewsKind;
use scaling_core::units::{Timestamp, millis};

use super::fate::Fate;
use super::look::runs;

/// One replica since the order.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// Its state when the order was given; `None`: it was not there.
    pub before: Option<ReplicaState>,
    /// The last that was seen of it.
    pub last: Option<Replica>,
    /// When it was seen to be gone, if it is.
    pub gone: Option<Timestamp>,
    /// It was draining at some time.
    pub has_drained: bool,
    /// What its backend says is wrong with it now.
    pub error: Option<String>,
    /// It should have ended by now.
    pub is_overdue: bool,
    /// News of it, oldest first: kind and message.
    pub news: Vec<(String, String)>,
}

impl Unit {
    /// It is there.
    pub fn seen(&mut self, replica: &Replica) {
        if self.gone.take().is_some() {
            // Another of the same name.
            (self.before, self.has_drained) = (None, false);
        }
        self.has_drained |= replica.state == ReplicaState::Draining;
        self.last = Some(replica.clone());
        (self.error, self.is_overdue) = (None, false);
    }

    /// It is not there.
    pub fn missed(&mut self, at: Timestamp) {
        self.gone = self.gone.or(Some(at));
    }

    /// What became of it since the order; `None`: it was never there, and nothing was tried with it.
    pub fn fate(&self, ordered: Timestamp) -> Option<Fate> {
        match (&self.last, self.gone) {
            (Some(last), None) => Some(self.fate_of_present(last, ordered)),
            (Some(last), Some(gone)) => Some(self.fate_of_gone(last, gone, ordered)),
            (None, _) => self.told(&[NewsKind::StartFailed, NewsKind::Quarantined]).map(Fate::GivenUp),
        }
    }

    fn fate_of_present(&self, replica: &Replica, ordered: Timestamp) -> Fate {
        let is_new = !self.before.is_some_and(runs);
        match replica.state {
            ReplicaState::Draining => match self.error.clone().and_then(|_| self.told(&[NewsKind::StopFailed])) {
                Some(why) => Fate::NotStopped(why),
                None => Fate::Draining { since: replica.since, jobs: replica.usage.jobs, is_overdue: self.is_overdue },
            },
            ReplicaState::Failed => Fate::NotRunning(self.why_not().unwrap_or_else(|| "it has failed".to_owned())),
            state if runs(state) && (self.has_drained || self.before == Some(ReplicaState::Draining)) => {
                Fate::TakenBack
            }
            state if runs(state) && !is_new => Fate::RanAlready,
            ReplicaState::Unhealthy => Fate::Unhealthy,
            ReplicaState::Ready => Fate::Started(millis(replica.since.since(ordered))),
            // Between two tries.
            _ => match self.told(&[NewsKind::StartFailed, NewsKind::Quarantined]) {
                Some(why) => Fate::NotRunning(why),
                None => Fate::Starting,
            },
        }
    }

    fn fate_of_gone(&self, last: &Replica, gone: Timestamp, ordered: Timestamp) -> Fate {
        let since = if last.state == ReplicaState::Draining { last.since } else { ordered };
        let took = millis(gone.since(since));
        if let Some(why) = self.told(&[NewsKind::DrainTimedOut]) {
            return Fate::Forced(why, took);
        }
        let never_ran = !self.before.is_some_and(runs) && !self.has_drained && !runs(last.state);
        match self.why_not().filter(|_| never_ran) {
            Some(why) => Fate::GivenUp(why),
            None => Fate::Stopped(took),
        }
    }

    fn why_not(&self) -> Option<String> {
        self.told(&[NewsKind::StartFailed, NewsKind::Quarantined, NewsKind::Ended]).or_else(|| self.error.clone())
    }

    /// What else of it did not work: how it will be after a reboot.
    pub fn remark(&self) -> Option<String> {
        self.told(&[NewsKind::BootFailed])
    }

    /// The last news of such a kind.
    fn told(&self, kinds: &[NewsKind]) -> Option<String> {
        let mut latest = self.news.iter().rev();
        latest.find(|(kind, _)| kinds.iter().any(|it| it.label() == kind)).map(|(_, message)| message.clone())
    }
}

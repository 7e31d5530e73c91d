//! The roster: which workers must run, and what was already done about each. Pure; kept on disk by the
//! [`Store`](crate::backend::store::Store).
//!
//! What is to be done stands here before it is done, so whoever reads the roster after a crash knows all that can
//! have happened.

use std::time::Duration;

use scaling_core::units::{ReplicaId, TargetName};
use serde::{Deserialize, Serialize};

use super::boot::Uptime;
use super::worker::{Ended, Identity};
use crate::backend::order::Accepted;
use crate::backend::restart::Restart;
use crate::backend::store;

/// Everything that is to be known of the workers of one target after a crash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Roster {
    /// [`store::Roster::FORMAT`].
    pub format: u32,
    /// Drawn when the roster began: keeps its nonces apart from those of any other roster.
    pub salt: String,
    /// The boot in which all processes and moments below belong.
    pub boot: String,
    /// The last order that was taken.
    pub last_order: Option<Accepted>,
    /// The number that the next replica gets. Never given twice.
    pub next_number: u64,
    /// The replicas, in the order of their numbers.
    pub replicas: Vec<Entry>,
}

/// One replica that must run, or is on its way out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Entry {
    /// Its number; with the target it makes its id.
    pub number: u64,
    /// Its slot.
    pub slot: u32,
    /// Counts its starts, the one of a `spawning` phase included.
    pub starts: u32,
    /// How many times in a row it ended soon after its start.
    pub failures: u32,
    /// How its process last ended.
    pub last_exit: Option<String>,
    /// Where it stands.
    pub phase: Phase,
}

/// Where a replica stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Phase {
    /// Being started: a process that carries the nonce of this start runs, or none was started.
    Spawning {
        /// No process of this start is older.
        since: Uptime,
    },
    /// It runs.
    Running {
        /// Who.
        process: Identity,
        /// When it became ready.
        ready: Option<Uptime>,
    },
    /// It is to end.
    Draining {
        /// Who.
        process: Identity,
        /// When that was decided.
        since: Uptime,
        /// The signal was sent. If not, it may have been sent right before a crash.
        signalled: bool,
    },
    /// It does not run, and is tried again.
    Failed {
        /// When it ended or could not be started.
        since: Uptime,
        /// How long it waits for the next try, in milliseconds.
        wait_ms: u64,
        /// Why it could not be started, or was killed.
        error: Option<String>,
    },
}

/// Which start of which replica: events of an earlier one don't concern it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Start {
    /// Of which replica.
    pub number: u64,
    /// The how manieth.
    pub start: u32,
}

impl store::Roster for Roster {
    const FORMAT: u32 = 1;

    fn format(&self) -> u32 {
        self.format
    }
}

impl Roster {
    /// One without replicas.
    pub fn new(salt: String, boot: String) -> Self {
        Self {
            format: <Self as store::Roster>::FORMAT,
            salt,
            boot,
            last_order: None,
            next_number: 1,
            replicas: Vec::new(),
        }
    }

    /// The entry that `start` belongs to, if it is still about that start.
    pub fn entry_mut(&mut self, start: Start) -> Option<&mut Entry> {
        self.replicas.iter_mut().find(|entry| entry.start() == start)
    }

    /// What the process of a start carries in its environment.
    pub fn nonce(&self, start: Start) -> String {
        format!("{}.{}.{}", self.salt, start.number, start.start)
    }

    /// Adds one replica, about to be started, in the lowest free slot.
    pub fn hire(&mut self, now: Uptime) {
        let slot =
            (1..=u32::MAX).find(|slot| self.replicas.iter().all(|entry| entry.slot != *slot)).unwrap_or(u32::MAX);
        let phase = Phase::Spawning { since: now };
        self.replicas.push(Entry { number: self.next_number, slot, starts: 1, failures: 0, last_exit: None, phase });
        self.next_number += 1;
    }

    /// Takes off one replica: at once if it does not run, otherwise when it ended.
    pub fn dismiss(&mut self, number: u64, now: Uptime) {
        let Some(index) = self.replicas.iter().position(|entry| entry.number == number) else { return };
        match self.replicas[index].phase {
            Phase::Running { process, .. } => {
                self.replicas[index].phase = Phase::Draining { process, since: now, signalled: false };
            }
            Phase::Draining { .. } => {}
            Phase::Spawning { .. } | Phase::Failed { .. } => {
                self.replicas.remove(index);
            }
        }
    }

    /// Notes that the process of a start ended: one that drained is off the roster, any other waits for its next try.
    /// `error`: why it was killed, if we did it.
    pub fn ended(&mut self, start: Start, how: Ended, error: Option<String>, restart: &Restart, now: Uptime) {
        let Some(entry) = self.entry_mut(start) else { return };
        if matches!(entry.phase, Phase::Draining { .. }) {
            self.replicas.retain(|entry| entry.start() != start);
            return;
        }
        entry.last_exit = Some(how.to_string());
        entry.fail(error, restart, now);
    }

    /// After a reboot nothing runs any more: who was to go is gone, who was to run is to be started.
    pub fn rebooted(&mut self, boot: String, now: Uptime) {
        self.boot = boot;
        self.replicas.retain(|entry| !matches!(entry.phase, Phase::Draining { .. }));
        for entry in &mut self.replicas {
            entry.failures = 0;
            entry.start_again(now);
        }
    }
}

impl Entry {
    /// Its id.
    pub fn id(&self, target: &TargetName) -> ReplicaId {
        ReplicaId(format!("{target}-{}", self.number))
    }

    /// The start that it is about.
    pub fn start(&self) -> Start {
        Start { number: self.number, start: self.starts }
    }

    /// Its process, if one is known.
    pub fn process(&self) -> Option<Identity> {
        match self.phase {
            Phase::Running { process, .. } | Phase::Draining { process, .. } => Some(process),
            Phase::Spawning { .. } | Phase::Failed { .. } => None,
        }
    }

    /// To be started, as another start than before.
    pub fn start_again(&mut self, now: Uptime) {
        self.starts += 1;
        self.phase = Phase::Spawning { since: now };
    }

    /// Ended, or could not be started (then `error` says why): waits for its next try.
    pub fn fail(&mut self, error: Option<String>, restart: &Restart, now: Uptime) {
        if self.process().is_some_and(|process| ran_long(process, restart, now)) {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        let wait_ms = scaling_core::units::millis(restart.wait(self.failures));
        self.phase = Phase::Failed { since: now, wait_ms, error };
    }

    /// When it is tried again, if it waits for that.
    pub fn next_try(&self) -> Option<Uptime> {
        match self.phase {
            Phase::Failed { since, wait_ms, .. } => Some(since.plus(Duration::from_millis(wait_ms))),
            _ => None,
        }
    }
}

fn ran_long(process: Identity, restart: &Restart, now: Uptime) -> bool {
    now.since(Uptime::from_ticks(process.start_ticks)) >= restart.reset_after.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A roster with so many running replicas, all started at boot.
    fn running(count: u64) -> Roster {
        let mut roster = Roster::new("salt".to_owned(), "boot".to_owned());
        for number in 1..=count {
            roster.hire(Uptime(0));
            let process = Identity { pid: 100 + number as i32, start_ticks: 0 };
            roster.replicas[number as usize - 1].phase = Phase::Running { process, ready: None };
        }
        roster
    }

    const fn first_start_of(number: u64) -> Start {
        Start { number, start: 1 }
    }

    #[test]
    fn a_slot_is_free_again_when_its_process_is_gone() {
        let mut roster = running(3);
        roster.dismiss(2, Uptime(1));
        roster.hire(Uptime(1));
        roster.ended(first_start_of(2), Ended::Code(0), None, &Restart::default(), Uptime(2));
        roster.hire(Uptime(3));
        let slots: Vec<(u64, u32)> = roster.replicas.iter().map(|entry| (entry.number, entry.slot)).collect();
        assert_eq!(slots, [(1, 1), (3, 3), (4, 4), (5, 2)]);
    }

    #[test]
    fn failures_in_a_row_wait_longer_and_a_long_run_forgives() {
        let restart = Restart::default();
        let mut roster = running(1);
        let entry = &mut roster.replicas[0];
        entry.fail(None, &restart, Uptime(1000));
        assert_eq!(entry.next_try(), Some(Uptime(2000)));
        entry.fail(Some("no such file".to_owned()), &restart, Uptime(2000));
        assert_eq!(entry.next_try(), Some(Uptime(4000)));
        entry.phase = Phase::Running { process: Identity { pid: 7, start_ticks: 0 }, ready: None };
        entry.fail(None, &restart, Uptime(60_000));
        assert_eq!(entry.next_try(), Some(Uptime(61_000)));
    }

    #[test]
    fn an_event_of_an_earlier_start_changes_nothing() {
        let mut roster = running(1);
        roster.replicas[0].start_again(Uptime(5));
        let before = roster.clone();
        roster.ended(first_start_of(1), Ended::Code(0), None, &Restart::default(), Uptime(6));
        assert_eq!(roster, before);
        assert_ne!(roster.nonce(first_start_of(1)), roster.nonce(roster.replicas[0].start()));
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let mut roster = running(2);
        roster.dismiss(1, Uptime(1));
        roster.hire(Uptime(2));
        roster.replicas[2].fail(Some("why".to_owned()), &Restart::default(), Uptime(3));
        roster.last_order = Some(Accepted { generation: 3, action: "add 1".to_owned() });
        let text = serde_json::to_string(&roster).unwrap();
        assert_eq!(serde_json::from_str::<Roster>(&text).unwrap(), roster);
    }
}

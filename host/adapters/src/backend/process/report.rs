//! What the supervisor shows of the roster.

use std::sync::{Arc, Mutex, PoisonError};

use scaling_core::observation::{Attribute, Replica, ReplicaState, Scalar, Usage};
use scaling_core::units::Timestamp;
use tokio::task::AbortHandle;

use super::boot::{Boot, Uptime};
use super::place::Place;
use super::roster::{Entry, Phase, Start};
use super::worker::{Identity, Worker};

/// The last answer of a worker's jobs probe, and when it came.
#[derive(Clone, Debug, Default)]
pub struct JobsInHand(Arc<Mutex<Option<(u32, Timestamp)>>>);

impl JobsInHand {
    /// Notes an answer; `None`: there was none.
    pub fn set(&self, answer: Option<(u32, Timestamp)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// The last answer.
    pub fn get(&self) -> Option<(u32, Timestamp)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that is held and watched. Its watches end with it.
#[derive(Debug)]
pub struct Live {
    /// The process.
    pub worker: Arc<Worker>,
    /// What its jobs probe says.
    pub jobs: JobsInHand,
    /// Since when its ready probe fails, though it was ready before.
    pub unhealthy: Option<Uptime>,
    /// It took too long: to become ready, or to end.
    pub late: bool,
    /// Tasks that watch it.
    pub watches: Vec<AbortHandle>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.watches.iter().for_each(AbortHandle::abort);
    }
}

/// One replica as the supervisor shows it. What it uses is read by whoever observes.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which start it is about.
    pub start: Start,
    /// Its process.
    pub process: Option<Identity>,
    /// What its jobs probe says.
    pub jobs: JobsInHand,
    /// The rest.
    pub replica: Replica,
}

/// All replicas as the supervisor shows them.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Sorted by id.
    pub replicas: Vec<Shown>,
    /// The last order that was taken.
    pub generation: Option<u64>,
}

impl View {
    /// Whether the host should look again.
    pub fn differs(&self, other: &Self) -> bool {
        let replicas = |view: &Self| view.replicas.iter().map(|shown| shown.replica.clone()).collect::<Vec<_>>();
        replicas(self) != replicas(other)
    }
}

/// Shows one entry.
pub fn show(entry: &Entry, live: Option<&Live>, place: &Place, boot: &Boot) -> Shown {
    let (state, since) = state(entry, live);
    let process = entry.process();
    let replica = Replica {
        id: entry.id(&place.target),
        agent: None,
        state,
        started: process.map(|process| boot.timestamp_of(Uptime::from_ticks(process.start_ticks))),
        since: boot.timestamp_of(since),
        usage: Usage::default(),
        attributes: attributes(entry, live),
    };
    Shown { start: entry.start(), process, jobs: live.map(|live| live.jobs.clone()).unwrap_or_default(), replica }
}

fn state(entry: &Entry, live: Option<&Live>) -> (ReplicaState, Uptime) {
    match &entry.phase {
        Phase::Spawning { since } => (ReplicaState::Starting, *since),
        Phase::Running { process, ready: None } => (ReplicaState::Starting, Uptime::from_ticks(process.start_ticks)),
        Phase::Running { ready: Some(ready), .. } => match live.and_then(|live| live.unhealthy) {
            Some(since) => (ReplicaState::Unhealthy, since),
            None => (ReplicaState::Ready, *ready),
        },
        Phase::Draining { since, .. } => (ReplicaState::Draining, *since),
        Phase::Failed { since, .. } => (ReplicaState::Failed, *since),
    }
}

/// Sorted by key.
fn attributes(entry: &Entry, live: Option<&Live>) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    if matches!(entry.phase, Phase::Draining { .. }) && live.is_some_and(|live| live.late) {
        attributes.push(Attribute { key: "drain.overdue".to_owned(), value: Scalar::Flag(true) });
    }
    if let Phase::Failed { error: Some(error), .. } = &entry.phase {
        attributes.push(Attribute::text("error", error));
    }
    if let Some(exit) = &entry.last_exit {
        attributes.push(Attribute::text("exit.status", exit));
    }
    if let Some(process) = entry.process() {
        attributes.push(Attribute::int("pid", process.pid.into()));
    }
    if entry.starts > 1 {
        attributes.push(Attribute::int("restarts", i64::from(entry.starts) - 1));
    }
    attributes.push(Attribute::int("slot", entry.slot.into()));
    attributes
}

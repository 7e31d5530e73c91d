//! The one task that owns the roster of a target, and does what stands in it.

use std::collections::HashMap;
use std::sync::Arc;

use scaling_core::status::{NewsKind, Order};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use super::boot::{Boot, Uptime};
use super::order::{self, Rules};
use super::place::Place;
use super::probe::{Began, Probes};
use super::report::{self, JobsInHand, Live, View};
use super::roster::{Entry, Phase, Roster, Start};
use super::stop::Overdue;
use super::worker::Worker;
use super::{spawn, tend};
use crate::backend::BackendError;
use crate::backend::blocking::blocking;
use crate::backend::bulletin::Bulletin;
use crate::backend::checkpoint::{self, Checkpoint};
use crate::backend::hand_over::Reply;
use crate::backend::order::Acceptance;
use crate::backend::store::Store;

/// What wakes the supervisor.
#[derive(Debug)]
pub enum Event {
    /// The host wants something.
    Order(Order, Reply),
    /// A worker ended.
    Ended(Start),
    /// A worker answers as it should, or stopped doing so.
    Health(Start, bool),
}

/// Owns the roster of one target.
pub struct Supervisor {
    pub(super) place: Place,
    pub(super) rules: Rules,
    pub(super) store: Store,
    pub(super) boot: Boot,
    pub(super) probes: Probes,
    pub(super) checkpoint: Arc<dyn Checkpoint>,
    pub(super) nudge: Arc<Notify>,
    pub(super) view: watch::Sender<Arc<View>>,
    pub(super) bulletin: Bulletin,
    /// What is wanted.
    pub(super) roster: Roster,
    /// What is on disk.
    pub(super) on_disk: Roster,
    /// When a roster that could not be written is tried again.
    pub(super) save_again: Option<Uptime>,
    pub(super) live: HashMap<Start, Live>,
    pub(super) sender: mpsc::Sender<Event>,
    pub(super) events: mpsc::Receiver<Event>,
    pub(super) watches: JoinSet<()>,
}

impl Supervisor {
    /// Runs until it is dropped. The workers go on without it.
    pub async fn run(mut self) {
        loop {
            self.tend().await;
            self.publish();
            self.await_something().await;
            while self.watches.try_join_next().is_some() {}
        }
    }

    /// Waits for an event or the next moment at which something is due, and handles all events that are there.
    async fn await_something(&mut self) {
        let due = tend::next_due(self).map(|moment| self.boot.instant_of(moment));
        let event = match due {
            Some(due) => tokio::select! {
                event = self.events.recv() => event,
                () = sleep_until(due) => None,
            },
            None => self.events.recv().await,
        };
        let mut next = event;
        while let Some(event) = next {
            self.handle(event).await;
            next = self.events.try_recv().ok();
        }
    }

    async fn handle(&mut self, event: Event) {
        match event {
            Event::Order(order, reply) => {
                let result = self.take(&order).await;
                // Whoever has the answer sees the order in the status.
                self.publish();
                // The host may have stopped waiting; it will ask again with the same generation.
                let _ = reply.send(result);
            }
            Event::Ended(start) => self.ended(start).await,
            Event::Health(start, healthy) => self.health(start, healthy),
        }
    }

    /// Takes an order: it is on disk as a whole, or it is not taken.
    async fn take(&mut self, order: &Order) -> Result<(), BackendError> {
        let before = self.roster.clone();
        match order::accept(&mut self.roster, order, &self.rules, self.boot.now()) {
            Err(refusal) => {
                self.roster = before;
                Err(refusal.into())
            }
            Ok(Acceptance::Repeated) => Ok(()),
            Ok(Acceptance::Taken) => match self.save().await {
                Ok(()) => Ok(()),
                Err(error) => {
                    self.roster = before;
                    let path = self.store.dir().join("roster.json");
                    Err(BackendError::Refused(format!("{} can't be written: {error}", path.display())))
                }
            },
        }
    }

    async fn ended(&mut self, start: Start) {
        let Some(live) = self.live.remove(&start) else { return };
        let (worker, nonce) = (live.worker.clone(), self.roster.nonce(start));
        let ended = blocking(move || worker.bury(&nonce)).await;
        self.checkpoint.reached(checkpoint::EXIT_SEEN);
        let Some(entry) = self.roster.entry_mut(start) else { return };
        let replica = entry.id(&self.place.target);
        let config = &self.place.config;
        let now = self.boot.now();
        let error = live.late.then(|| format!("was not ready within {}", config.start_grace));
        match (&entry.phase, &error) {
            (Phase::Draining { .. }, None) => tracing::debug!(%replica, exit = %ended, "replica is gone"),
            // One that was kept ended as it was asked to, if late.
            (Phase::Draining { .. }, Some(_)) if config.stop.then == Overdue::Keep => {}
            (Phase::Draining { .. }, Some(_)) => {
                let what = format!("did not finish within {} and was killed", config.stop.deadline);
                self.bulletin.tell(self.boot.timestamp_of(now), replica, NewsKind::DrainTimedOut, &what);
            }
            (_, None) => {
                let what = format!("ended (exit {ended}) without being asked to and will be started again");
                self.bulletin.tell(self.boot.timestamp_of(now), replica, NewsKind::Ended, &what);
            }
            (_, Some(error)) => {
                let what = format!("{error}, was killed, and will be started again");
                self.bulletin.tell(self.boot.timestamp_of(now), replica, NewsKind::StartFailed, &what);
            }
        }
        self.roster.ended(start, ended, error, &config.restart, now);
    }

    fn health(&mut self, start: Start, healthy: bool) {
        let now = self.boot.now();
        let (Some(live), Some(entry)) = (self.live.get_mut(&start), self.roster.entry_mut(start)) else { return };
        live.unhealthy = (!healthy).then_some(now);
        if let Phase::Running { ready: ready @ None, .. } = &mut entry.phase
            && healthy
        {
            *ready = Some(now);
        }
    }

    /// Watches a worker that was started or adopted.
    pub(super) fn watch(&mut self, start: Start, worker: Worker) {
        let Some(entry) = self.roster.entry_mut(start) else { return };
        let was_ready = matches!(entry.phase, Phase::Running { ready: Some(_), .. } | Phase::Draining { .. });
        let words = self.place.words(entry);
        let at = self.boot.instant_of(Uptime::from_ticks(worker.identity.start_ticks));
        let (worker, jobs) = (Arc::new(worker), JobsInHand::default());
        let mut watches = vec![self.watches.spawn(watch_exit(worker.clone(), start, self.sender.clone()))];
        let began = Began { at, was_ready };
        let health = self.probes.clone().watch_health(words.clone(), start, began, self.sender.clone());
        watches.push(self.watches.spawn(health));
        watches.push(self.watches.spawn(self.probes.clone().watch_jobs(words, jobs.clone())));
        self.live.insert(start, Live { worker, jobs, unhealthy: None, late: false, watches });
    }

    /// Writes the roster if it changed, and then removes what those left who are not on it any more.
    pub(super) async fn save(&mut self) -> std::io::Result<()> {
        if self.roster == self.on_disk {
            return Ok(());
        }
        let stays = |entry: &&Entry| self.roster.replicas.iter().any(|other| other.number == entry.number);
        let left = self.on_disk.replicas.iter().filter(|entry| !stays(entry));
        let left_behind: Vec<_> = left.map(|entry| self.place.words(entry).runtime_dir).collect();
        let (store, roster) = (self.store.clone(), self.roster.clone());
        self.on_disk = blocking(move || {
            store.save(&roster)?;
            for dir in left_behind {
                if let Err(error) = spawn::remove_runtime_dir(&dir) {
                    tracing::warn!(dir = %dir.display(), %error, "what a replica left can't be removed");
                }
            }
            Ok::<_, std::io::Error>(roster)
        })
        .await?;
        Ok(())
    }

    /// Shows the roster, and nudges the host if there is something new to see.
    pub(super) fn publish(&self) {
        let show = |entry| report::show(entry, self.live.get(&entry.start()), &self.place, &self.boot);
        let mut replicas: Vec<_> = self.roster.replicas.iter().map(show).collect();
        replicas.sort_by(|a, b| a.replica.id.cmp(&b.replica.id));
        let generation = self.roster.last_order.as_ref().map(|order| order.generation);
        let view = View { replicas, generation };
        let news = view.differs(&self.view.borrow());
        self.view.send_replace(Arc::new(view));
        if news {
            self.nudge.notify_one();
        }
    }
}

/// Ends when the worker did. A pidfd tells, whether the worker is our child or was adopted.
async fn watch_exit(worker: Arc<Worker>, start: Start, events: mpsc::Sender<Event>) {
    #[expect(deprecated, reason = "its successor is unsafe; the worker owns its pidfd and always gives the same")]
    let registered = AsyncFd::with_interest(worker.clone(), Interest::READABLE);
    match registered {
        Ok(pidfd) => {
            let _ = pidfd.readable().await;
        }
        // Out of memory or of descriptors: look from time to time.
        Err(_) => {
            while matches!(worker.identity.stat(), Ok(Some(stat)) if !stat.is_zombie()) {
                sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    }
    let _ = events.send(Event::Ended(start)).await;
}

//! What the supervisor does after every event: everything that stands in the roster and is not done yet.

use std::path::PathBuf;
use std::time::Duration;

use scaling_core::status::NewsKind;

use super::boot::Uptime;
use super::config::Ready;
use super::place::log_path;
use super::roster::{Phase, Start};
use super::spawn;
use super::stop::{Addressee, Overdue, StopSignal};
use super::supervisor::Supervisor;
use super::words::Words;
use super::worker::Worker;
use crate::backend::blocking::blocking;
use crate::backend::checkpoint;

/// How long until a roster that could not be written is tried again.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

impl Supervisor {
    /// Announces what is to be done, does it, and notes what was done.
    pub(super) async fn tend(&mut self) {
        self.retry_failed();
        if !self.saved().await {
            return;
        }
        self.spawn_announced().await;
        self.signal_draining();
        self.kill_late();
        self.saved().await;
    }

    /// A roster that can't be written stops everything that must be announced in it.
    async fn saved(&mut self) -> bool {
        let result = self.save().await;
        self.save_again = result.as_ref().err().map(|_| self.boot.now().plus(SAVE_AGAIN));
        if let Err(error) = &result {
            let dir = self.store.dir().display();
            tracing::error!(%dir, %error, "roster.json can't be written; no worker is started or stopped until it can");
        }
        result.is_ok()
    }

    fn retry_failed(&mut self) {
        let now = self.boot.now();
        for entry in &mut self.roster.replicas {
            if entry.next_try().is_some_and(|next_try| next_try <= now) {
                entry.start_again(now);
            }
        }
    }

    async fn spawn_announced(&mut self) {
        let announced = self.roster.replicas.iter().filter(|entry| matches!(entry.phase, Phase::Spawning { .. }));
        let starts: Vec<_> = announced
            .map(|entry| {
                let nonce = self.roster.nonce(entry.start());
                (entry.start(), self.place.words(entry), nonce, log_path(&self.store, entry.slot))
            })
            .collect();
        if starts.is_empty() {
            return;
        }
        // The store goes along: its lock must be held until the last of them is started.
        let (config, checkpoint, store) = (self.place.config.clone(), self.checkpoint.clone(), self.store.clone());
        let results = blocking(move || {
            let spawn = |(start, words, nonce, log): (Start, Words, String, PathBuf)| {
                checkpoint.reached(checkpoint::BEFORE_SPAWN);
                let result = spawn::spawn(&config, &words, &nonce, &log);
                checkpoint.reached(checkpoint::AFTER_SPAWN);
                (start, result.map_err(|error| error.to_string()))
            };
            let results: Vec<(Start, Result<Worker, String>)> = starts.into_iter().map(spawn).collect();
            drop(store);
            results
        })
        .await;
        for (start, result) in results {
            self.spawned(start, result);
        }
    }

    fn spawned(&mut self, start: Start, result: Result<Worker, String>) {
        let now = self.boot.now();
        let Some(entry) = self.roster.entry_mut(start) else { return };
        match result {
            Ok(worker) => {
                entry.phase = Phase::Running { process: worker.identity, ready: None };
                self.watch(start, worker);
            }
            Err(error) => {
                let replica = entry.id(&self.place.target);
                let what = format!("can't be started: {error}");
                self.bulletin.tell(self.boot.timestamp_of(now), replica, NewsKind::StartFailed, &what);
                entry.fail(Some(error), &self.place.config.restart, now);
            }
        }
    }

    fn signal_draining(&mut self) {
        let stop = &self.place.config.stop;
        for entry in &mut self.roster.replicas {
            let id = entry.id(&self.place.target);
            let live = self.live.get(&entry.start());
            let (Phase::Draining { signalled: signalled @ false, .. }, Some(live)) = (&mut entry.phase, live) else {
                continue;
            };
            let to_group = stop.to == Addressee::Group || stop.signal == StopSignal::Kill;
            let signal = stop.signal.into();
            let sent = if to_group { live.worker.signal_group(signal) } else { live.worker.signal(signal) };
            if let Err(error) = sent {
                tracing::warn!(replica = %id, %error, "the stop signal can't be sent");
            }
            self.checkpoint.reached(checkpoint::SIGNALLED);
            *signalled = true;
        }
    }

    /// Those that should be ready, or gone, by now.
    fn kill_late(&mut self) {
        let now = self.boot.now();
        for entry in &mut self.roster.replicas {
            let Some(due) = late_at(&entry.phase, &self.place.config) else { continue };
            let Some(live) = self.live.get_mut(&entry.start()) else { continue };
            if live.late || due > now {
                continue;
            }
            live.late = true;
            let drains = matches!(entry.phase, Phase::Draining { .. });
            let replica = entry.id(&self.place.target);
            if drains && self.place.config.stop.then == Overdue::Keep {
                let what = format!(
                    "is still there {} after it was asked to end, and is kept",
                    self.place.config.stop.deadline
                );
                self.bulletin.tell(self.boot.timestamp_of(now), replica, NewsKind::DrainOverdue, &what);
                continue;
            }
            let what = if drains { "to end" } else { "to become ready" };
            tracing::warn!(%replica, "worker took too long {what} and is killed");
            if let Err(error) = live.worker.signal_group(rustix::process::Signal::KILL) {
                tracing::warn!(%replica, %error, "worker can't be killed");
            }
        }
    }
}

/// When something is to be done though nothing happens.
pub(super) fn next_due(supervisor: &Supervisor) -> Option<Uptime> {
    let config = &supervisor.place.config;
    let dues = supervisor.roster.replicas.iter().filter_map(|entry| match supervisor.live.get(&entry.start()) {
        Some(live) if live.late => None,
        Some(_) => late_at(&entry.phase, config),
        None => entry.next_try(),
    });
    // While the roster can't be written nothing else is done, however due.
    supervisor.save_again.or_else(|| dues.min())
}

fn late_at(phase: &Phase, config: &super::config::ProcessConfig) -> Option<Uptime> {
    match phase {
        Phase::Running { process, ready: None } if !matches!(config.ready, Ready::Delay(_)) => {
            Some(Uptime::from_ticks(process.start_ticks).plus(config.start_grace.get()))
        }
        Phase::Draining { since, .. } => Some(since.plus(config.stop.deadline.get())),
        _ => None,
    }
}

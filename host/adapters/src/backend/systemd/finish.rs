//! What a step that is over means for the next ones.

use std::collections::BTreeMap;
use std::time::Duration;

use scaling_core::status::{News, NewsKind};
use scaling_core::units::Timestamp;

use super::boot_tries::NotDone;
use super::bus::{Active, BusError, JobOutcome, Sight, UnitState};
use super::hands::Done;
use super::look::start_failed;
use super::plan::Step;
use super::roster::{Entry, Roster, Wish};
use super::supervisor::Supervisor;
use super::template::Instance;

/// After a step that systemd could not be asked for.
const LOST_AGAIN: Duration = Duration::from_secs(1);
/// After a step that was refused.
const REFUSED_AGAIN: Duration = Duration::from_secs(30);

impl Supervisor {
    pub(super) fn finish(&mut self, done: Result<Done, tokio::task::JoinError>) {
        match done {
            Ok(Done::Started(instance, outcome)) => {
                self.under_way.started(&instance);
                self.under_way.over(&instance, outcome.is_ok(), self.clock.now());
                self.started(&instance, outcome);
            }
            Ok(Done::Did(step, instance, result)) => {
                let can_be_seen = result.is_ok() && matches!(step, Step::Stop(_) | Step::Kill(_));
                self.under_way.over(&instance, can_be_seen, self.clock.now());
                self.did(&step, &instance, result);
            }
            Ok(Done::Enabled(on, results)) => {
                self.enabling = false;
                self.enabled(on, results);
            }
            // Nobody aborts a step: it panicked. What it was for is planned anew, all of it.
            Err(error) => {
                tracing::error!(template = %self.hands.config.template, %error, "a step failed unexpectedly");
                self.enabling = false;
                self.under_way.clear();
                self.setbacks.boot.clear();
            }
        }
    }

    fn started(&mut self, instance: &Instance, outcome: Result<JobOutcome, BusError>) {
        let now = self.clock.now();
        let still_wanted = self.roster.as_ref().and_then(|r| r.entry(instance)).is_some_and(Entry::stays);
        let why = match outcome {
            Ok(JobOutcome::Done(_)) => {
                self.setbacks.clear(instance);
                self.remembered.health.entry(instance.clone()).or_default().came_up(now);
                return;
            }
            Ok(JobOutcome::TimedOut { waited, state }) => {
                tracing::warn!(unit = %self.hands.config.template.unit(instance), ?waited, sub = state.sub, "the start is not over yet");
                return;
            }
            // It has to go by now: how its start ended is no matter.
            Ok(JobOutcome::Failed { .. } | JobOutcome::NotRunning(_)) if !still_wanted => return,
            // Somebody else did.
            Ok(JobOutcome::Failed { result, .. }) if result == "canceled" => {
                self.setbacks.put(instance, "its start was called off by a stop".to_owned(), now.plus(LOST_AGAIN));
                return;
            }
            Ok(JobOutcome::Failed { result, state }) => format!("systemd's job ended as \"{result}\", {}", how(&state)),
            Ok(JobOutcome::NotRunning(state)) => {
                format!("systemd's job was done, but it does not run: {}", how(&state))
            }
            Err(error) if error.is_silence() => {
                self.setbacks.put(instance, error.to_string(), now.plus(LOST_AGAIN));
                return;
            }
            Err(error) => error.to_string(),
        };
        if still_wanted {
            let health = self.remembered.health.entry(instance.clone()).or_default();
            let news = start_failed(&self.hands.config, instance, &why, health, now);
            self.tell(news);
        }
    }

    fn did(&mut self, step: &Step, instance: &Instance, result: Result<(), BusError>) {
        let now = self.clock.now();
        let error = match result {
            Ok(()) => return self.note(step, instance),
            // It went by itself just before.
            Err(BusError::NoSuchUnit(_)) => return self.setbacks.clear(instance),
            Err(error) => error,
        };
        let is_lost = error.is_silence();
        let again = if is_lost { LOST_AGAIN } else { REFUSED_AGAIN };
        let is_new = self.setbacks.put(instance, error.to_string(), now.plus(again));
        if is_new && !is_lost {
            let what = match step {
                Step::StopIntake(_) => "could not be asked to take no new jobs",
                Step::ResumeIntake(_) => "could not be asked to take jobs again",
                Step::Kill(_) => "could not be killed",
                _ => "could not be stopped",
            };
            self.tell_of(instance, NewsKind::StopFailed, &format!("{what}: {error}"), now);
        }
    }

    fn note(&mut self, step: &Step, instance: &Instance) {
        self.setbacks.clear(instance);
        let Some(entry) = self.roster.as_mut().and_then(|roster| roster.entry_mut(instance)) else { return };
        match step {
            Step::StopIntake(_) => entry.intake_stopped = true,
            Step::ResumeIntake(_) => entry.intake_stopped = false,
            Step::Kill(_) => drop(self.remembered.killed.insert(instance.clone())),
            _ => {
                // Whatever runs after this stop is another worker, and this end is none to wait after.
                entry.intake_stopped = false;
                self.remembered.health.remove(instance);
                if let Wish::Go { stopping, .. } = &mut entry.wish {
                    *stopping = true;
                }
            }
        }
    }

    fn enabled(&mut self, on: bool, results: BTreeMap<Instance, Result<(), NotDone>>) {
        let now = self.clock.now();
        let what = if on { "enabled" } else { "disabled" };
        for (instance, result) in results {
            if let Some(error) = self.setbacks.boot.over(&instance, on, result, now) {
                self.tell_of(&instance, NewsKind::BootFailed, &format!("could not be {what}: {error}"), now);
            }
        }
    }

    fn tell_of(&self, instance: &Instance, kind: NewsKind, what: &str, now: Timestamp) {
        self.tell([News::of(self.hands.config.template.replica(instance), now, kind, what)]);
    }
}

impl super::supervisor::Setbacks {
    fn clear(&mut self, instance: &Instance) {
        self.not_before.remove(instance);
        self.why.remove(instance);
    }

    /// Notes a step that failed; returns whether that is news.
    fn put(&mut self, instance: &Instance, why: String, again: Timestamp) -> bool {
        self.not_before.insert(instance.clone(), again);
        self.why.insert(instance.clone(), why.clone()) != Some(why)
    }

    /// Forgets who is no longer on the roster, and who runs as he should: nothing is tried for him any more.
    pub(super) fn look(&mut self, roster: &Roster, sight: &Sight) {
        let runs = |instance: &Instance| sight.units.get(instance).is_some_and(|unit| unit.active == Active::Active);
        let is_well = |entry: &Entry| entry.stays() && !entry.intake_stopped && runs(&entry.instance);
        let is_due = |instance: &Instance| roster.entry(instance).is_some_and(|entry| !is_well(entry));
        self.not_before.retain(|instance, _| is_due(instance));
        self.why.retain(|instance, _| is_due(instance));
        self.boot.look(&sight.enabled, |instance| roster.entry(instance).is_some());
    }
}

fn how(state: &UnitState) -> String {
    format!("{} ({})", state.sub, state.result)
}

//! What changed since the last look, and what that means for the roster. Pure.

use std::collections::{BTreeMap, BTreeSet};

use scaling_core::status::{News, NewsKind};
use scaling_core::units::Timestamp;

use super::boot_tries::BootTries;
use super::bus::{Active, Load, Sight, UnitState};
use super::config::{Boot, Numbering, SystemdConfig};
use super::health::{Attempt, Health, QUARANTINE};
use super::order::lowest_free;
use super::plan::{is_gone, is_overdue};
use super::roster::{Entry, Roster, Wish};
use super::template::Instance;

/// So many numbers may be given up for others before a number that fails is kept: then it is not the number.
const GIVEN_UP: usize = 3;

/// What is remembered of the instances from look to look, and forgotten when the host ends.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// Since when there is the systemd that all this is about.
    pub began: Option<Timestamp>,
    /// How their starts went.
    pub health: BTreeMap<Instance, Health>,
    /// Whose drain was told of as overdue.
    pub overdue: BTreeSet<Instance>,
    /// Whom the host killed.
    pub killed: BTreeSet<Instance>,
    /// Who left, and is on the roster only until it is disabled.
    pub departed: BTreeSet<Instance>,
    /// Numbers that were given up for others.
    pub given_up: BTreeSet<Instance>,
    /// Whose intake was stopped, and in which run: another run takes jobs.
    pub closed: BTreeMap<Instance, String>,
}

/// One look.
pub struct Look<'a> {
    /// How the target is set up.
    pub config: &'a SystemdConfig,
    /// What systemd shows. It must be one that can be trusted.
    pub sight: &'a Sight,
    /// Whom a step is under way for: what is seen of them may be older than what the step did.
    pub under_way: &'a BTreeSet<Instance>,
    /// Who was enabled or disabled, and may not show it yet.
    pub boot_tries: &'a BootTries,
    /// When.
    pub now: Timestamp,
}

impl Look<'_> {
    /// Brings roster and memory in line with what is seen, and tells what happened.
    pub fn over(&self, roster: &mut Roster, remembered: &mut Remembered) -> Vec<News> {
        if remembered.began != self.sight.began {
            // The machine was booted: who ended with it did not fail, and nobody has to wait before he is started.
            *remembered = Remembered { began: self.sight.began, ..Remembered::default() };
            self.forget_drains_before_boot(roster);
        }
        let mut news = Vec::new();
        for entry in roster.entries.clone() {
            if self.under_way.contains(&entry.instance) {
                continue;
            }
            self.reopen(&entry, roster, remembered);
            match entry.wish {
                Wish::Stay => news.extend(self.staying(&entry, roster, remembered)),
                Wish::Go { .. } => news.extend(self.leaving(&entry, roster, remembered)),
            }
        }
        self.tidy(roster, remembered);
        news
    }

    /// What runs is not what was asked to go before the machine was booted.
    fn forget_drains_before_boot(&self, roster: &mut Roster) {
        let is_older = |entry: &&Entry| entry.leaving_since().is_some_and(|since| Some(since) < self.sight.began);
        let older: Vec<Instance> = roster.entries.iter().filter(is_older).map(|entry| entry.instance.clone()).collect();
        for instance in &older {
            roster.drain_anew(instance, self.now);
        }
    }

    /// A worker that systemd restarted takes jobs again, whatever the one before was asked.
    fn reopen(&self, entry: &Entry, roster: &mut Roster, remembered: &mut Remembered) {
        let instance = &entry.instance;
        if !entry.intake_stopped {
            remembered.closed.remove(instance);
            return;
        }
        let Some(unit) = self.sight.units.get(instance) else { return };
        let run = remembered.closed.entry(instance.clone()).or_insert_with(|| unit.invocation.clone());
        if *run != unit.invocation {
            remembered.closed.remove(instance);
            if let Some(entry) = roster.entry_mut(instance) {
                entry.intake_stopped = false;
            }
        }
    }

    fn staying(&self, entry: &Entry, roster: &mut Roster, remembered: &mut Remembered) -> Option<News> {
        let unit = self.sight.units.get(&entry.instance);
        let health = remembered.health.entry(entry.instance.clone()).or_default();
        if unit.is_some_and(|unit| matches!(unit.active, Active::Active | Active::Reloading)) {
            if !matches!(health.attempt, Attempt::Up { .. }) {
                health.came_up(self.now);
                remembered.given_up.clear();
            }
            return None;
        }
        if !is_gone(unit) {
            return None;
        }
        if let Some(entry) = roster.entry_mut(&entry.instance) {
            entry.intake_stopped = false;
        }
        if !matches!(health.attempt, Attempt::Up { .. }) {
            return None;
        }
        let how = ended_how(unit);
        let wait = health.failed(how.clone(), &self.config.restart, self.now);
        // Told when it ends, and when that becomes a habit; what goes on like that shows in the status.
        let (kind, what) = match health.failures {
            QUARANTINE => {
                let what =
                    format!("ended {QUARANTINE} times in a row ({how}) though it is to run; next try in {wait:?}");
                (NewsKind::Quarantined, what)
            }
            times if times > QUARANTINE => return None,
            _ => (NewsKind::Ended, format!("ended ({how}) though it is to run; it is started again in {wait:?}")),
        };
        Some(self.news(&entry.instance, kind, &what))
    }

    fn leaving(&self, entry: &Entry, roster: &mut Roster, remembered: &mut Remembered) -> Option<News> {
        let instance = &entry.instance;
        let unit = self.sight.units.get(instance);
        if is_gone(unit) {
            let is_enabled =
                self.sight.enabled.contains(instance) || self.boot_tries.may_show_enabled(instance, self.now);
            let must_be_disabled = self.config.boot == Boot::Enable && is_enabled;
            if !must_be_disabled {
                roster.forget(instance);
            }
            return self.departure(entry, unit, remembered);
        }
        if remembered.departed.remove(instance) {
            roster.drain_anew(instance, self.now);
            return None;
        }
        let drain = &self.config.drain;
        if is_overdue(entry, drain, self.now) && remembered.overdue.insert(instance.clone()) {
            let what = format!("is still there {} after it was asked to finish and end", drain.deadline);
            return Some(self.news(instance, NewsKind::DrainOverdue, &what));
        }
        None
    }

    /// It is gone, one way or the other. Told once: whoever waits to be disabled is gone already.
    fn departure(&self, entry: &Entry, unit: Option<&UnitState>, remembered: &mut Remembered) -> Option<News> {
        let instance = &entry.instance;
        if !remembered.departed.insert(instance.clone()) {
            return None;
        }
        if remembered.killed.remove(instance) {
            return Some(self.news(instance, NewsKind::DrainTimedOut, "was killed at the deadline of its drain"));
        }
        let Wish::Go { stopping: true, .. } = entry.wish else { return None };
        let limit = unit.filter(|unit| unit.result == "timeout").map(|unit| unit.stop_timeout)?;
        let limit = limit.map_or_else(|| "its TimeoutStopSec=".to_owned(), |limit| format!("TimeoutStopSec={limit:?}"));
        let what = format!("did not finish within {limit} and was killed by systemd: its drain timed out");
        Some(self.news(instance, NewsKind::DrainTimedOut, &what))
    }

    /// Forgets who is no longer there, and gives up numbers that can't be started for others that may.
    fn tidy(&self, roster: &mut Roster, remembered: &mut Remembered) {
        let leaves = |instance: &Instance| roster.entry(instance).is_some_and(|entry| !entry.stays());
        remembered.health.retain(|instance, _| roster.entry(instance).is_some());
        remembered.closed.retain(|instance, _| roster.entry(instance).is_some());
        for set in [&mut remembered.departed, &mut remembered.overdue, &mut remembered.killed] {
            set.retain(leaves);
        }
        if self.config.numbering != Numbering::Any {
            return;
        }
        let masked = masked(self.sight);
        let fails = |instance: &&Instance| {
            let is_quarantined = remembered.health.get(*instance).is_some_and(Health::is_quarantined);
            (is_quarantined || masked.contains(*instance)) && !self.under_way.contains(*instance)
        };
        let failing: Vec<Instance> = roster.staying().filter(fails).cloned().collect();
        for instance in failing {
            if remembered.given_up.len() >= GIVEN_UP {
                return;
            }
            remembered.given_up.insert(instance.clone());
            let avoid = unfit(self.sight, roster).union(&remembered.given_up).cloned().collect();
            let other = lowest_free(roster, &avoid);
            tracing::warn!(given_up = %instance, instead = %other, "a number that can't be started is given up for another");
            // Not forgotten: it may be enabled, or systemd may still try to restart it.
            roster.dismiss(&instance, self.now);
            roster.keep(&other);
        }
    }

    fn news(&self, instance: &Instance, kind: NewsKind, what: &str) -> News {
        News::of(self.config.template.replica(instance), self.now, kind, what)
    }
}

/// What to say and remember of a start that failed. Told at the first failure and when it becomes a habit.
pub fn start_failed(
    config: &SystemdConfig,
    instance: &Instance,
    why: &str,
    health: &mut Health,
    now: Timestamp,
) -> Option<News> {
    let wait = health.failed(why.to_owned(), &config.restart, now);
    let (kind, what) = match health.failures {
        1 => (NewsKind::StartFailed, format!("did not start: {why}; it is tried again in {wait:?}")),
        QUARANTINE => {
            let what = format!("did not start {QUARANTINE} times in a row: {why}; next try in {wait:?}");
            (NewsKind::Quarantined, what)
        }
        _ => return None,
    };
    Some(News::of(config.template.replica(instance), now, kind, &what))
}

/// Numbers that a new instance can't have: somebody else's, and those that are masked.
pub fn unfit(sight: &Sight, roster: &Roster) -> BTreeSet<Instance> {
    taken_by_others(sight, roster).union(&masked(sight)).cloned().collect()
}

/// Numbers that do not run and are masked.
fn masked(sight: &Sight) -> BTreeSet<Instance> {
    let masked = sight.units.iter().filter(|(_, unit)| unit.load == Load::Masked && is_gone(Some(unit)));
    masked.map(|(instance, _)| instance.clone()).collect()
}

/// Numbers that run though they are not on the roster: somebody else's.
pub fn taken_by_others(sight: &Sight, roster: &Roster) -> BTreeSet<Instance> {
    let foreign =
        sight.units.iter().filter(|(instance, unit)| roster.entry(instance).is_none() && !is_gone(Some(unit)));
    foreign.map(|(instance, _)| instance.clone()).collect()
}

fn ended_how(unit: Option<&UnitState>) -> String {
    unit.map_or_else(
        || "it was stopped".to_owned(),
        |unit| match unit.result.as_str() {
            "success" => "by itself, with success, or it was stopped".to_owned(),
            result => result.to_owned(),
        },
    )
}

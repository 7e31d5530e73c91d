//! What is to be done now: the difference between the roster and what systemd shows. Pure.
//!
//! The order is that of `draksetup scale`: those that leave are disabled, those that stay are enabled, then started;
//! only then those that leave are stopped. What belongs to one phase is done side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use scaling_core::units::Timestamp;

use super::boot_tries::BootTries;
use super::bus::{Active, Load, Sight, UnitState};
use super::config::{Boot, DrainConfig, Overdue};
use super::health::Health;
use super::roster::{Entry, Roster, Wish};
use super::template::Instance;

/// Something to do. Each may fail, and is then planned again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Have these no longer start at boot.
    Disable(Vec<Instance>),
    /// Have these start at boot.
    Enable(Vec<Instance>),
    /// Start it; one that is stopping starts again when that is done.
    Start(Instance),
    /// Ask it to take no new jobs.
    StopIntake(Instance),
    /// Ask it to take jobs again.
    ResumeIntake(Instance),
    /// Stop its unit.
    Stop(Instance),
    /// Kill its processes.
    Kill(Instance),
}

/// Those that leave wait so long for those that start; one that takes longer holds up nobody.
pub const LONGEST_START: Duration = Duration::from_secs(30);

/// What a plan is made of.
pub struct Situation<'a> {
    /// What is wanted.
    pub roster: &'a Roster,
    /// What is.
    pub sight: &'a Sight,
    /// How the starts went.
    pub health: &'a BTreeMap<Instance, Health>,
    /// Who has nothing in hand, as far as is known.
    pub idle: &'a BTreeSet<Instance>,
    /// Whom a step is under way for.
    pub under_way: &'a BTreeSet<Instance>,
    /// Those of them that are being started, and since when.
    pub starts: &'a BTreeMap<Instance, Timestamp>,
    /// Whose last step failed, and when it may be tried again.
    pub not_before: &'a BTreeMap<Instance, Timestamp>,
    /// Who was enabled or disabled, and when that may be tried again.
    pub boot_tries: &'a BootTries,
    /// Units are being enabled or disabled.
    pub enabling: bool,
    /// Who starts them after a reboot.
    pub boot: Boot,
    /// How replicas leave.
    pub drain: &'a DrainConfig,
    /// When.
    pub now: Timestamp,
}

/// What is to be done now. Nothing while systemd can't be trusted.
pub fn plan(situation: &Situation<'_>) -> Vec<Step> {
    let sight = situation.sight;
    if !is_trusted(sight) || situation.enabling {
        return Vec::new();
    }
    let enabling = enabling(situation);
    if !enabling.is_empty() {
        return enabling;
    }
    let staying = staying(situation);
    if !staying.is_empty() || situation.starts_are_under_way() {
        return staying;
    }
    leaving(situation)
}

fn enabling(situation: &Situation<'_>) -> Vec<Step> {
    if situation.boot == Boot::Host {
        return Vec::new();
    }
    let is_enabled = |entry: &&Entry| situation.sight.enabled.contains(&entry.instance);
    let names = |entries: Vec<&Entry>| entries.into_iter().map(|entry| entry.instance.clone()).collect::<Vec<_>>();
    let may_try = |entry: &&Entry| situation.boot_tries.may_try(&entry.instance, entry.stays(), situation.now);
    let entries = || situation.roster.entries.iter().filter(may_try);
    let dropped = names(entries().filter(|entry| !entry.stays()).filter(is_enabled).collect());
    if !dropped.is_empty() {
        return vec![Step::Disable(dropped)];
    }
    let wanted =
        names(entries().filter(|entry| entry.stays() && !is_enabled(entry) && situation.can_run(entry)).collect());
    if wanted.is_empty() { Vec::new() } else { vec![Step::Enable(wanted)] }
}

fn staying(situation: &Situation<'_>) -> Vec<Step> {
    let entries = situation.roster.entries.iter().filter(|entry| entry.stays() && situation.is_free(&entry.instance));
    entries.filter_map(|entry| stay(entry, situation)).collect()
}

fn stay(entry: &Entry, situation: &Situation<'_>) -> Option<Step> {
    let instance = entry.instance.clone();
    let unit = situation.unit(&instance);
    if is_gone(unit) {
        let may_start = situation.health.get(&instance).is_none_or(|health| health.may_start(situation.now));
        let may_start = may_start && situation.may_try(&instance) && situation.can_run(entry);
        return may_start.then_some(Step::Start(instance));
    }
    match unit?.active {
        // It was told to stop, and comes back as soon as it is done.
        Active::Deactivating if situation.may_try(&instance) => Some(Step::Start(instance)),
        Active::Active | Active::Reloading if entry.intake_stopped && situation.may_try(&instance) => {
            match situation.drain.resume_intake {
                Some(_) => Some(Step::ResumeIntake(instance)),
                None => situation.idle.contains(&instance).then_some(Step::Stop(instance)),
            }
        }
        _ => None,
    }
}

fn leaving(situation: &Situation<'_>) -> Vec<Step> {
    let starts = |entry: &&Entry| situation.starts.contains_key(&entry.instance);
    let called_off = situation.roster.entries.iter().filter(starts).filter_map(|entry| call_off(entry, situation));
    let free = situation.roster.entries.iter().filter(|entry| situation.is_free(&entry.instance));
    called_off.chain(free.filter_map(|entry| leave(entry, situation))).collect()
}

/// One that was to start, or to come back after its stop, and has to go by now: systemd drops the start for the stop.
fn call_off(entry: &Entry, situation: &Situation<'_>) -> Option<Step> {
    let Wish::Go { stopping: false, .. } = entry.wish else { return None };
    let unit = situation.unit(&entry.instance);
    let runs = unit.is_some_and(|unit| matches!(unit.active, Active::Active | Active::Reloading));
    // The end of a start that shows already is about to be told.
    let may_stop = !runs && !is_gone(unit) && situation.may_try(&entry.instance);
    may_stop.then(|| Step::Stop(entry.instance.clone()))
}

fn leave(entry: &Entry, situation: &Situation<'_>) -> Option<Step> {
    let Wish::Go { stopping, .. } = entry.wish else { return None };
    let instance = entry.instance.clone();
    let unit = situation.unit(&instance);
    if is_gone(unit) || !situation.may_try(&instance) {
        return None;
    }
    let unit = unit?;
    let overdue = is_overdue(entry, situation.drain, situation.now);
    if overdue && situation.drain.then == Overdue::Kill && stopping {
        return Some(Step::Kill(instance));
    }
    if stopping {
        // Somebody started it again, or the stop was lost.
        let runs = matches!(unit.active, Active::Active | Active::Reloading | Active::Activating);
        return (runs && !unit.has_job).then_some(Step::Stop(instance));
    }
    let runs = matches!(unit.active, Active::Active | Active::Reloading);
    if !runs || (overdue && situation.drain.then != Overdue::Keep) {
        return Some(Step::Stop(instance));
    }
    if situation.drain.stop_intake.is_some() && !entry.intake_stopped {
        return Some(Step::StopIntake(instance));
    }
    let must_wait = situation.drain.waits_for_idle() && !situation.idle.contains(&instance);
    (!must_wait).then_some(Step::Stop(instance))
}

/// Whether what is shown is how it is: systemd answers, and is neither reading its files anew nor going down.
pub fn is_trusted(sight: &Sight) -> bool {
    sight.lost.is_none() && !sight.reloading && !sight.shutting_down
}

/// Whether it is still on its way out after its deadline.
pub fn is_overdue(entry: &Entry, drain: &DrainConfig, now: Timestamp) -> bool {
    entry.leaving_since().is_some_and(|since| now.since(since) >= drain.deadline.get())
}

/// Whether it does not run, and systemd has nothing to do with it.
pub fn is_gone(unit: Option<&UnitState>) -> bool {
    unit.is_none_or(|unit| matches!(unit.active, Active::Inactive | Active::Failed) && !unit.has_job)
}

fn may_try(not_before: &BTreeMap<Instance, Timestamp>, instance: &Instance, now: Timestamp) -> bool {
    not_before.get(instance).is_none_or(|moment| *moment <= now)
}

impl Situation<'_> {
    fn unit(&self, instance: &Instance) -> Option<&UnitState> {
        self.sight.units.get(instance)
    }

    fn is_free(&self, instance: &Instance) -> bool {
        !self.under_way.contains(instance)
    }

    fn may_try(&self, instance: &Instance) -> bool {
        may_try(self.not_before, instance, self.now)
    }

    /// There is a file for it, and nobody masked it.
    fn can_run(&self, entry: &Entry) -> bool {
        let load = self.unit(&entry.instance).map(|unit| &unit.load);
        self.sight.installed && !matches!(load, Some(Load::Masked | Load::NotFound))
    }

    fn starts_are_under_way(&self) -> bool {
        let comes = |instance: &&Instance| {
            let unit = self.unit(instance);
            let takes_long = self.starts.get(*instance).is_some_and(|since| self.now.since(*since) >= LONGEST_START);
            // One that comes back after its stop may take as long as an analysis: nobody waits for that.
            let comes_back = unit.is_some_and(|unit| unit.active == Active::Deactivating);
            self.under_way.contains(*instance) && !takes_long && !comes_back
        };
        self.roster.staying().any(|instance| comes(&instance))
    }
}

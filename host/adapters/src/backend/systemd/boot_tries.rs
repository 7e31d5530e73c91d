//! Enabling and disabling that was tried and does not show yet, and when it may be tried again. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use scaling_core::units::Timestamp;

use super::bus::BusError;
use super::template::Instance;

/// After a try that systemd could not be asked for.
const LOST_AGAIN: Duration = Duration::from_secs(1);
/// After a try that failed.
const FAILED_AGAIN: Duration = Duration::from_secs(30);
/// How long it may take until systemd shows what was done.
const SHOWS: Duration = Duration::from_secs(2);

/// Why one was not enabled or disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// systemd could not be asked, or was lost before it answered: it may have been done all the same.
    Lost,
    /// It did not answer, which is told, since something that systemd asks (polkit) may hang: the same.
    Late(String),
    /// It failed, and why.
    Failed(String),
}

impl From<BusError> for NotDone {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Lost(_) => Self::Lost,
            late @ BusError::Timeout { .. } => Self::Late(late.to_string()),
            refused => Self::Failed(refused.to_string()),
        }
    }
}

/// The last try for each instance that is not as it should be.
#[derive(Clone, Debug, Default)]
pub struct BootTries(BTreeMap<Instance, Try>);

#[derive(Clone, Debug)]
struct Try {
    /// It was enabled, not disabled: the one does not keep the other waiting.
    on: bool,
    /// It is being done.
    under_way: bool,
    /// How often it was done.
    times: u32,
    again: Timestamp,
    error: Option<String>,
}

impl BootTries {
    /// Whether it may be enabled (`on`) or disabled now.
    pub fn may_try(&self, instance: &Instance, on: bool, now: Timestamp) -> bool {
        self.0.get(instance).is_none_or(|last| last.on != on || last.again <= now)
    }

    /// It is being enabled (`on`) or disabled from now on.
    pub fn begin(&mut self, instance: &Instance, on: bool, now: Timestamp) {
        let new = || Try { on, under_way: true, times: 0, again: now, error: None };
        let last = self.0.remove(instance).filter(|last| last.on == on);
        self.0.insert(instance.clone(), Try { under_way: true, ..last.unwrap_or_else(new) });
    }

    /// It was tried. Returns why it did not work, if that is new.
    pub fn note(&mut self, instance: Instance, on: bool, result: Result<(), String>, now: Timestamp) -> Option<String> {
        let last = self.0.remove(&instance).filter(|last| last.on == on && last.times > 0);
        let error = result.err().or_else(|| last.as_ref().map(|_| without_effect(on).to_owned()));
        let again = now.plus(if error.is_some() { FAILED_AGAIN } else { SHOWS });
        let times = last.as_ref().map_or(0, |last| last.times).saturating_add(1);
        let is_new = last.is_none_or(|last| last.error != error);
        self.0.insert(instance, Try { on, under_way: false, times, again, error: error.clone() });
        error.filter(|_| is_new)
    }

    /// A try is over. Returns why it did not work, if that is to be told.
    pub fn over(
        &mut self,
        instance: &Instance,
        on: bool,
        result: Result<(), NotDone>,
        now: Timestamp,
    ) -> Option<String> {
        let (result, is_known) = match result {
            Ok(()) => (Ok(()), true),
            Err(NotDone::Failed(why)) => (Err(why), true),
            Err(NotDone::Late(why)) => (Err(why), false),
            Err(NotDone::Lost) => {
                self.lost(instance.clone(), on, now);
                return None;
            }
        };
        let told = self.note(instance.clone(), on, result, now);
        if !is_known {
            self.lost(instance.clone(), on, now);
        }
        told
    }

    /// Nobody knows whether it was done: it is tried again soon.
    fn lost(&mut self, instance: Instance, on: bool, now: Timestamp) {
        let last = self.0.remove(&instance).filter(|last| last.on == on);
        let (times, error) = last.map_or((0, None), |last| (last.times, last.error));
        self.0.insert(instance, Try { on, under_way: false, times, again: now.plus(LOST_AGAIN), error });
    }

    /// Nobody knows any more what is under way.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether it may turn out to be enabled though it does not show: that is being done, or was just now.
    pub fn may_show_enabled(&self, instance: &Instance, now: Timestamp) -> bool {
        let may_show = |last: &Try| last.on && (last.under_way || (last.error.is_none() && last.again > now));
        self.0.get(instance).is_some_and(may_show)
    }

    /// Forgets those that are as they should be now, and those that are not on the roster.
    pub fn look(&mut self, enabled: &BTreeSet<Instance>, is_there: impl Fn(&Instance) -> bool) {
        self.0.retain(|instance, last| last.under_way || (is_there(instance) && enabled.contains(instance) != last.on));
    }

    /// When each may be tried again.
    pub fn due(&self) -> impl Iterator<Item = Timestamp> {
        self.0.values().map(|last| last.again)
    }
}

/// It was done, and time has passed, and it has to be done again.
fn without_effect(on: bool) -> &'static str {
    if on {
        "it was done, and it is not enabled; expected an [Install] section in its unit file that is for it"
    } else {
        "it was done, and it is still enabled: something else than its own links wants it at boot"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(0);

    #[test]
    fn enabling_does_not_keep_disabling_waiting() {
        let (one, mut tries) = (Instance::number(1), BootTries::default());
        assert_eq!(tries.note(one.clone(), true, Ok(()), NOW), None);
        assert!(!tries.may_try(&one, true, NOW) && tries.may_try(&one, false, NOW));
        tries.look(&[one.clone()].into(), |_| true);
        assert!(tries.may_try(&one, true, NOW), "it shows");
    }

    #[test]
    fn one_that_is_being_enabled_may_show_at_any_moment() {
        let (one, mut tries) = (Instance::number(1), BootTries::default());
        tries.begin(&one, true, NOW);
        tries.look(&BTreeSet::new(), |_| false);
        assert!(tries.may_show_enabled(&one, NOW.plus(FAILED_AGAIN)), "it is under way");
        tries.note(one.clone(), true, Ok(()), NOW);
        assert!(tries.may_show_enabled(&one, NOW) && !tries.may_show_enabled(&one, NOW.plus(SHOWS)));
        tries.begin(&one, false, NOW);
        assert!(!tries.may_show_enabled(&one, NOW));
        tries.note(one.clone(), true, Err("no".into()), NOW);
        assert!(!tries.may_show_enabled(&one, NOW));
    }

    #[test]
    fn one_that_was_lost_is_tried_again_soon() {
        let (one, mut tries) = (Instance::number(1), BootTries::default());
        tries.begin(&one, true, NOW);
        assert_eq!(tries.over(&one, true, Err(NotDone::Lost), NOW), None);
        assert!(tries.may_show_enabled(&one, NOW), "it may have been done");
        let soon = NOW.plus(LOST_AGAIN);
        assert!(!tries.may_try(&one, true, NOW) && tries.may_try(&one, true, soon));
        let late = || Err(NotDone::Late("polkit".into()));
        assert_eq!([late(), late()].map(|late| tries.over(&one, true, late, soon)), [Some("polkit".into()), None]);
        assert!(tries.may_try(&one, true, soon.plus(LOST_AGAIN)));
    }

    #[test]
    fn what_has_no_effect_is_told_once_and_tried_seldom() {
        let (one, mut tries) = (Instance::number(1), BootTries::default());
        tries.note(one.clone(), true, Ok(()), NOW);
        tries.look(&BTreeSet::new(), |_| true);
        let later = NOW.plus(SHOWS);
        assert!(tries.may_try(&one, true, later));
        assert!(tries.note(one.clone(), true, Ok(()), later).unwrap().contains("[Install]"));
        assert!(!tries.may_try(&one, true, later.plus(SHOWS)));
        assert_eq!(tries.note(one.clone(), true, Ok(()), later.plus(FAILED_AGAIN)), None);
        assert_eq!(tries.note(one.clone(), true, Err("no".into()), later), Some("no".into()));
        assert_eq!(tries.note(one, false, Err("no".into()), later), Some("no".into()));
    }
}

//! What is not as the host would have it, and is not the host's to change: told, and left alone. Pure.

use std::collections::BTreeMap;

use super::bus::{Load, Sight};
use super::config::{Boot, Numbering, SystemdConfig};
use super::look::taken_by_others;
use super::plan::is_gone;
use super::roster::Roster;
use super::template::Instance;

/// What is odd, by unit.
pub fn drift(config: &SystemdConfig, roster: &Roster, sight: &Sight) -> BTreeMap<String, String> {
    let mut odd: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut tell = |instance: &Instance, what: &str| {
        odd.entry(config.template.replica(instance).to_string()).or_default().push(what.to_owned());
    };
    let runs = |instance: &Instance| !is_gone(sight.units.get(instance));
    for instance in taken_by_others(sight, roster) {
        let is_enabled = sight.enabled.contains(&instance);
        match (config.boot, is_enabled) {
            (Boot::Enable, false) => tell(&instance, "runs but is not enabled, and is none of this target's replicas"),
            _ => tell(&instance, "runs but is none of this target's replicas: somebody else started it"),
        }
    }
    for entry in &roster.entries {
        let (instance, is_enabled) = (&entry.instance, sight.enabled.contains(&entry.instance));
        if sight.units.get(instance).is_some_and(|unit| unit.load == Load::Masked) {
            tell(instance, "is masked, so it can't be started");
        }
        match config.boot {
            Boot::Enable if entry.stays() && !is_enabled && runs(instance) => {
                tell(instance, "runs but is not enabled: a reboot loses it");
            }
            Boot::Host if is_enabled => {
                tell(instance, "is enabled, so systemd starts it at boot whatever its target needs");
            }
            _ => {}
        }
    }
    for instance in sight.enabled.iter().filter(|instance| roster.entry(instance).is_none()) {
        tell(instance, "is enabled, so systemd starts it at boot, but it is none of this target's replicas");
    }
    let mut odd: BTreeMap<String, String> = odd.into_iter().map(|(unit, what)| (unit, what.join("; "))).collect();
    if !sight.installed {
        odd.insert(config.template.to_string(), "is not installed: systemd knows no such template".to_owned());
    }
    if config.numbering == Numbering::Contiguous {
        let numbers: Vec<String> = roster.staying().map(ToString::to_string).collect();
        if roster.staying().zip(1..).any(|(instance, place)| instance.place() != Some(place)) {
            let what = format!(
                "numbers {} are not 1 to {}; the next change of size mends that",
                numbers.join(" "),
                numbers.len()
            );
            odd.insert(format!("{} (all)", config.template), what);
        }
    }
    odd
}

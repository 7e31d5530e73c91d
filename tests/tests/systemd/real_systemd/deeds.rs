//! What systemd was asked for and what it ended, in the order in which that went over its bus.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use trimtab_tests::lab::SystemdHost;
use trimtab_tests::lab::systemd::Inside;

use super::stage::number;

const MONITOR: [&str; 4] = ["busctl", "monitor", "--json=short", "org.freedesktop.systemd1"];

/// Asked for at the end: what was before it has been seen.
const LAST: &str = "the-last.service";

/// Watches the bus of a machine.
pub struct Deeds(Inside);

impl Deeds {
    /// From now on.
    pub fn watch(machine: &SystemdHost) -> Self {
        static WATCHED: AtomicU32 = AtomicU32::new(0);
        let name = format!("monitor-{}", WATCHED.fetch_add(1, Ordering::Relaxed));
        let monitor = machine.spawn_inside(&name, None, &MONITOR);
        machine.until("the bus is watched", |_| monitor.log().contains("Monitoring bus message stream").then_some(()));
        Self(monitor)
    }

    /// Until now: `disable 8 9`, `enable 1`, `start 1`, `stop 8` as asked, `over 8` when a job of systemd is.
    pub fn end(self, machine: &SystemdHost) -> Vec<String> {
        let manager = ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"];
        machine.run(&[&["busctl", "call"][..], &manager, &["GetUnit", "s", LAST]].concat());
        let log = machine.until("all is seen", |_| Some(self.0.log()).filter(|log| log.contains(LAST)));
        self.0.stop();
        let messages = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        messages.filter_map(|message| deed(&message)).collect()
    }
}

fn deed(message: &Value) -> Option<String> {
    let data = message["payload"]["data"].as_array()?;
    let first = || Some(numbers(data.first()?));
    let of = |what: &str, units: String| (!units.is_empty()).then(|| format!("{what} {units}"));
    match (message["type"].as_str()?, message["member"].as_str()?) {
        ("method_call", "DisableUnitFiles") => of("disable", first()?),
        ("method_call", "EnableUnitFiles") => of("enable", first()?),
        ("method_call", "StartUnit") => of("start", first()?),
        ("method_call", "StopUnit") => of("stop", first()?),
        ("method_call", "KillUnit") => of("kill", first()?),
        ("signal", "JobRemoved") => of("over", numbers(data.get(2)?)),
        _ => None,
    }
}

/// The numbers of one unit or of many, sorted.
fn numbers(units: &Value) -> String {
    let units = units.as_array().map_or(std::slice::from_ref(units), Vec::as_slice);
    let mut numbers: Vec<String> = units.iter().filter_map(|unit| number(unit.as_str()?)).collect();
    numbers.sort_by_key(|number| (number.parse::<u32>().ok(), number.len()));
    numbers.join(" ")
}

/// The phases: what was asked for in a row, of many units at once.
pub fn phases(deeds: &[String]) -> Vec<String> {
    let mut phases: Vec<(String, Vec<String>)> = Vec::new();
    for (what, units) in deeds.iter().filter_map(|deed| deed.split_once(' ')).filter(|(what, _)| *what != "over") {
        match phases.last_mut().filter(|(last, _)| last == what) {
            Some((_, all)) => all.push(units.to_owned()),
            None => phases.push((what.to_owned(), vec![units.to_owned()])),
        }
    }
    let told = phases.into_iter().map(|(what, mut units)| {
        units.sort_by_key(|unit| (unit.parse::<u32>().ok(), unit.len()));
        format!("{what} {}", units.join(" "))
    });
    told.collect()
}

/// Where something was asked for, or was over.
pub fn position(deeds: &[String], deed: &str) -> usize {
    deeds.iter().position(|other| other == deed).unwrap_or_else(|| panic!("no {deed:?} in {deeds:?}"))
}

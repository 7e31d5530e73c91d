//! What is wrong with a config that could be read; all of it at once.

use trimtab_policy_sdk::config::issue;
use trimtab_policy_sdk::prelude::*;

use crate::config::{Config, Entry};
use crate::time_of_day::TimeOfDay;

/// All issues, in the order of the config.
pub fn issues(config: &Config) -> Vec<Issue> {
    if config.count.is_none() && config.schedule.is_empty() {
        return vec![issue("", "expected a count, a schedule, or both")];
    }
    let entries = config.schedule.iter().enumerate();
    let of_entries = entries.flat_map(|(index, entry)| of_entry(&format!("/schedule/{index}"), config, entry));
    of_zone("", config.zone.as_deref()).into_iter().chain(of_entries).collect()
}

fn of_entry(at: &str, config: &Config, entry: &Entry) -> Vec<Issue> {
    let Entry { from, to, .. } = entry;
    let mut issues = Vec::new();
    if *from == TimeOfDay::end() {
        issues.push(issue(format!("{at}/from"), "expected 23:59 at the latest; 00:00 is the start of a day"));
    } else if from == to {
        issues.push(issue(at, format!("opens and closes at {from}; a whole day is from 00:00 to 24:00")));
    }
    if entry.zone.is_none() && config.zone.is_none() {
        issues.push(issue(at, "expected a zone, for example \"Europe/Warsaw\", here or for all entries together"));
    }
    issues.extend(of_zone(at, entry.zone.as_deref()));
    issues
}

/// Whether there is such a zone only the host knows.
fn of_zone(at: &str, zone: Option<&str>) -> Option<Issue> {
    let zone = zone?;
    let is_good = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
    let is_name = !zone.is_empty() && zone.chars().all(is_good);
    let message = format!("expected an IANA time zone, for example \"Europe/Warsaw\", or \"UTC\"; got {zone:?}");
    (!is_name).then(|| issue(format!("{at}/zone"), message))
}

//! The config, as it is written.

use std::fmt;

use serde::Deserialize;
use trimtab_policy_sdk::prelude::*;

use crate::days::Days;
use crate::time_of_day::TimeOfDay;

/// Config of `builtin:fixed-count`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How many replicas, while no entry of the schedule is open. Left out, the policy has no opinion then.
    pub count: Option<u32>,
    /// The first entry that is open says how many.
    #[serde(default)]
    pub schedule: Vec<Entry>,
    /// IANA time zone of the entries that name none of their own, for example `Europe/Warsaw`.
    pub zone: Option<String>,
}

/// A window of the week, and how many replicas there are to be in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// What reasons call it.
    pub name: Option<String>,
    /// The days on which it opens: `"mon-fri"`, `["mon", "thu-sat"]`. All if left out.
    #[serde(default)]
    pub days: Days,
    /// When it opens; midnight if left out.
    #[serde(default)]
    pub from: TimeOfDay,
    /// When it closes, not later than a day after; midnight if left out. Earlier than `from`: on the next day.
    #[serde(default = "TimeOfDay::end")]
    pub to: TimeOfDay,
    /// IANA time zone, for example `Europe/Warsaw`, or `UTC`.
    pub zone: Option<String>,
    /// How many replicas.
    pub count: u32,
}

impl Config {
    /// The zone of one of its entries; `validate` refuses an entry without.
    pub fn zone_of<'a>(&'a self, entry: &'a Entry) -> &'a str {
        entry.zone.as_deref().or(self.zone.as_deref()).unwrap_or_default()
    }

    /// Each zone of the schedule once, in the order of the entries.
    pub fn zones(&self) -> Vec<&str> {
        self.schedule.iter().map(|entry| self.zone_of(entry)).fold(Vec::new(), |mut zones, zone| {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
            zones
        })
    }
}

/// How it reads in a reason: `office (mon-fri 07:00-19:00)`, or without a name `mon-fri 07:00-19:00`.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, days, from, to, .. } = self;
        match name {
            Some(name) => write!(f, "{name} ({days} {from}-{to})"),
            None => write!(f, "{days} {from}-{to}"),
        }
    }
}

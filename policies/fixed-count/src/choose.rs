//! How many there are to be now.

use trimtab_policy_sdk::prelude::*;

use crate::clock::{self, Clock};
use crate::config::Config;

/// What the calendar says.
pub enum Choice {
    /// So many.
    Size {
        /// How many.
        count: u32,
        /// Which entry says so.
        why: String,
    },
    /// It can not tell, or has nothing to say.
    Nothing {
        /// Why not.
        why: String,
    },
}

/// The first entry that is open. One whose zone is not known stands in the way of those behind it.
pub fn choose(config: &Config, seen: &Observation) -> Choice {
    for entry in &config.schedule {
        let zone = config.zone_of(entry);
        match Clock::read(seen, zone) {
            Err(missing) => {
                let series = clock::series(zone);
                return Choice::Nothing {
                    why: format!("{entry}: {series}: {missing}, so the hour there is not known"),
                };
            }
            Ok(clock) if entry.is_open(clock) => {
                return Choice::Size { count: entry.count, why: format!("{entry} {zone}: {} wanted", entry.count) };
            }
            Ok(_) => {}
        }
    }
    match config.count {
        Some(count) if config.schedule.is_empty() => Choice::Size { count, why: format!("{count} wanted") },
        Some(count) => Choice::Size { count, why: format!("outside the schedule: {count} wanted") },
        None => Choice::Nothing { why: "outside the schedule, and no count for that".to_owned() },
    }
}

/// The clocks of all zones, for people: `mon 07:00 Europe/Warsaw`.
pub fn clocks(config: &Config, seen: &Observation) -> String {
    let shown = |zone: &str| Some(format!("{} {zone}", Clock::read(seen, zone).ok()?));
    config.zones().into_iter().filter_map(shown).collect::<Vec<_>>().join(", ")
}

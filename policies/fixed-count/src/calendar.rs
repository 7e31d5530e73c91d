//! When an entry is open.

use std::ops::Range;

use trimtab_policy_sdk::prelude::*;

use crate::clock::{Clock, DAY};
use crate::config::{Config, Entry};

/// Days to look ahead: the same day of the next week is among them.
const AHEAD: i64 = 8;

impl Entry {
    /// Whether it is open at that reading of its zone's clocks.
    pub fn is_open(&self, clock: Clock) -> bool {
        let today = clock.reached.div_euclid(DAY);
        self.windows(today - 1..=today).any(|window| window.contains(&clock.reached))
    }

    /// Milliseconds until it opens or closes next, as long as the clocks are not changed before.
    fn until_boundary(&self, clock: Clock) -> Option<i64> {
        let today = clock.reached.div_euclid(DAY);
        let boundaries = self.windows(today - 1..=today + AHEAD).flat_map(|window| [window.start, window.end]);
        Some(boundaries.filter(|&boundary| boundary > clock.reached).min()? - clock.shows)
    }

    /// The windows that open on these days, on the clocks of its zone.
    fn windows(&self, days: impl Iterator<Item = i64>) -> impl Iterator<Item = Range<i64>> {
        let (from, to) = (self.from.milliseconds(), self.to.milliseconds());
        let to = if to > from { to } else { to + DAY };
        days.filter(|&day| self.days.contains(day)).map(move |day| day * DAY + from..day * DAY + to)
    }
}

/// Milliseconds until any entry opens or closes, as far as the clocks can be read.
pub fn next_boundary(config: &Config, seen: &Observation) -> Option<u32> {
    let until = |entry: &Entry| entry.until_boundary(Clock::read(seen, config.zone_of(entry)).ok()?);
    u32::try_from(config.schedule.iter().filter_map(until).min()?).ok()
}

//! What the clocks of a zone show.

use std::fmt;

use trimtab_policy_sdk::prelude::*;

use crate::days::{NAMES, weekday};
use crate::time_of_day::TimeOfDay;

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;

/// As far back as a change of the clocks is remembered: none sets them back by more.
const WINDOW: u32 = 86_400_000;

/// The zone that needs no series.
const UTC: &str = "UTC";

/// The clocks of a zone, in milliseconds since 1970-01-01 00:00 of that zone.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// What they show now.
    pub shows: i64,
    /// The latest that they have shown. Ahead of `shows` only while an hour comes for the second time.
    ///
    /// The calendar goes by this one, which never goes back: so no window opens or closes twice.
    pub reached: i64,
}

/// The name of the zone's series.
pub fn series(zone: &str) -> String {
    format!("time.offset.{zone}")
}

/// What has to be seen in order to read the clocks of a zone.
pub fn input(zone: &str) -> Option<Input> {
    (zone != UTC).then(|| Input::of_target(series(zone)).reaching(WINDOW))
}

impl Clock {
    /// Reads the clocks of a zone.
    pub fn read(seen: &Observation, zone: &str) -> Result<Self, Missing> {
        let now = seen.now as i64;
        if zone == UTC {
            return Ok(Self { shows: now, reached: now });
        }
        let indicator = seen.indicator(&series(zone));
        let offsets = indicator.usable()?.first().map(|one| one.samples).unwrap_or_default();
        Self::of(offsets.iter().map(|sample| (sample.at as i64, (sample.value * 1000.0).round() as i64)), now)
    }

    /// From offsets in milliseconds, each from that moment to the next one's.
    fn of(offsets: impl Iterator<Item = (i64, i64)>, now: i64) -> Result<Self, Missing> {
        let past: Vec<_> = offsets.filter(|&(since, _)| since <= now).collect();
        let &(_, offset) = past.last().ok_or(Missing::Empty)?;
        let shows = now + offset;
        let before_changes = past.windows(2).map(|pair| pair[1].0 - 1 + pair[0].1);
        Ok(Self { shows, reached: before_changes.fold(shows, i64::max) })
    }
}

/// `mon 06:59`.
impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = NAMES[weekday(self.shows.div_euclid(DAY))];
        write!(f, "{day} {}", TimeOfDay::at(self.shows.rem_euclid(DAY)))
    }
}

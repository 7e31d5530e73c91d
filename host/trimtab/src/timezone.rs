//! `time.offset.<IANA zone>`: seconds east of UTC, supplied by the host so that a policy needs no zone table.

use std::time::Duration;

use jiff::tz::TimeZone;
use scaling_core::observation::{Quality, Sample, Series, Subject};
use scaling_core::units::{Timestamp, Value};

const PREFIX: &str = "time.offset.";

/// Whether the host itself answers this input.
pub fn is_offset(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// Whether there is such a zone.
pub fn is_known(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|zone| TimeZone::get(zone).is_ok())
}

/// One sample at the window's start and one at each change in it. Absent if there is no such zone.
pub fn offsets(name: &str, now: Timestamp, window: Duration) -> Series {
    let samples = name.strip_prefix(PREFIX).and_then(|zone| samples(zone, now, window)).unwrap_or_default();
    let quality = if samples.is_empty() { Quality::Absent } else { Quality::Fresh };
    Series { name: name.to_owned(), subject: Subject::Target, quality, samples, attributes: Vec::new() }
}

fn samples(zone: &str, now: Timestamp, window: Duration) -> Option<Vec<Sample>> {
    let zone = TimeZone::get(zone).ok()?;
    let start = jiff::Timestamp::from_millisecond(i64::try_from(now.minus(window).0).ok()?).ok()?;
    let end = jiff::Timestamp::from_millisecond(i64::try_from(now.0).ok()?).ok()?;
    let sample = |at: jiff::Timestamp, seconds: i32| {
        Some(Sample { at: Timestamp(u64::try_from(at.as_millisecond()).ok()?), value: Value::new(f64::from(seconds))? })
    };
    let mut samples = vec![sample(start, zone.to_offset(start).seconds())?];
    for change in zone.following(start).take_while(|change| change.timestamp() <= end) {
        samples.push(sample(change.timestamp(), change.offset().seconds())?);
    }
    Some(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    #[test]
    fn a_clock_change_is_a_second_sample() {
        let noon_of_the_change = Timestamp(1_774_780_000_000); // 2026-03-29, Europe goes to summer time
        let series = offsets("time.offset.Europe/Warsaw", noon_of_the_change, DAY);
        let seconds: Vec<f64> = series.samples.iter().map(|sample| sample.value.get()).collect();
        assert_eq!(seconds, [3600.0, 7200.0]);
        assert_eq!(series.samples[1].at, Timestamp(1_774_746_000_000));
    }

    #[test]
    fn an_unknown_zone_is_absent() {
        assert_eq!(offsets("time.offset.Mars/Base", Timestamp(0), DAY).quality, Quality::Absent);
    }
}

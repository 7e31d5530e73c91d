//! The rolling window of one series: what was read, for as long as it may be asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use scaling_core::observation::{Quality, Sample};
use scaling_core::units::{Timestamp, Value};

/// Readings of one series by their time, so that `at` always increases strictly.
#[derive(Clone, Debug, Default)]
pub struct Window {
    readings: BTreeMap<Timestamp, Read>,
}

/// What was read at one moment.
#[derive(Clone, Copy, Debug)]
struct Read {
    value: Value,
    partial: bool,
}

impl Window {
    /// Takes in what was read at `now`. A reading of a moment that is known replaces it; one that its
    /// source's clock puts into the future is a reading of now.
    pub fn absorb(&mut self, samples: &[Sample], partial: bool, now: Timestamp) {
        self.readings.extend(samples.iter().map(|&Sample { at, value }| (at.min(now), Read { value, partial })));
    }

    /// Forgets what is older than `oldest`, and then the oldest until at most `limit` are left.
    pub fn prune(&mut self, oldest: Timestamp, limit: usize) {
        self.readings = self.readings.split_off(&oldest);
        while self.readings.len() > limit {
            self.readings.pop_first();
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }

    /// The samples of the last `span`, and how far to believe them.
    ///
    /// The newest sample is there even if it is older than `span`, until it is pruned: a policy that asks for
    /// less than an interval sees the current value, not a gap, and the quality says when that is too old.
    /// One partial reading makes the whole partial: an average with it in may be too low.
    pub fn view(&self, now: Timestamp, span: Duration, staleness: Duration) -> (Quality, Vec<Sample>) {
        let Some((&newest, _)) = self.readings.last_key_value() else { return (Quality::Absent, Vec::new()) };
        let start = now.minus(span).min(newest);
        let shown = || self.readings.range(start..);
        let samples = not_after(now, shown().map(|(&at, read)| Sample { at, value: read.value }));
        let quality = match (now.since(newest) > staleness, shown().any(|(_, read)| read.partial)) {
            (true, _) => Quality::Stale,
            (false, true) => Quality::Partial,
            (false, false) => Quality::Fresh,
        };
        (quality, samples)
    }
}

/// The samples with `now` in place of any later moment. Two targets share a window and differ by
/// milliseconds in what they call now; neither shall see the future, nor miss the newest sample.
fn not_after(now: Timestamp, samples: impl Iterator<Item = Sample>) -> Vec<Sample> {
    let mut seen: Vec<Sample> = Vec::new();
    for sample in samples {
        let at = sample.at.min(now);
        if seen.last().is_some_and(|last| last.at == at) {
            seen.pop();
        }
        seen.push(Sample { at, value: sample.value });
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn sample(at: u64, value: f64) -> Sample {
        Sample { at: Timestamp(at), value: Value::new(value).unwrap() }
    }

    fn window(samples: &[(u64, f64)]) -> Window {
        let mut window = Window::default();
        for &(at, value) in samples {
            window.absorb(&[sample(at, value)], false, Timestamp(at));
        }
        window
    }

    #[test]
    fn readings_increase_strictly_and_the_later_answer_wins() {
        let window = window(&[(1000, 1.0), (3000, 3.0), (2000, 2.0), (3000, 4.0)]);
        let (quality, samples) = window.view(Timestamp(3000), 10 * SECOND, SECOND);
        assert_eq!(quality, Quality::Fresh);
        assert_eq!(samples, [sample(1000, 1.0), sample(2000, 2.0), sample(3000, 4.0)]);
    }

    #[test]
    fn an_empty_window_is_absent_and_has_no_zero() {
        assert_eq!(Window::default().view(Timestamp(5), SECOND, SECOND), (Quality::Absent, vec![]));
    }

    #[test]
    fn age_alone_makes_it_stale_and_then_absent() {
        let mut window = window(&[(1000, 1.0)]);
        let at = |window: &Window, now| window.view(Timestamp(now), SECOND, 3 * SECOND);
        assert_eq!(at(&window, 4000), (Quality::Fresh, vec![sample(1000, 1.0)]));
        assert_eq!(at(&window, 4001), (Quality::Stale, vec![sample(1000, 1.0)]));
        window.prune(Timestamp(1001), 9);
        assert_eq!(at(&window, 4001), (Quality::Absent, vec![]));
    }

    #[test]
    fn a_span_shorter_than_the_interval_still_shows_the_current_value() {
        let window = window(&[(1000, 1.0), (2000, 2.0)]);
        assert_eq!(window.view(Timestamp(2900), Duration::ZERO, 3 * SECOND), (Quality::Fresh, vec![sample(2000, 2.0)]));
    }

    #[test]
    fn nothing_lies_in_the_future() {
        let window = window(&[(1000, 1.0), (2000, 2.0), (2003, 3.0)]);
        let (_, samples) = window.view(Timestamp(2000), 10 * SECOND, SECOND);
        assert_eq!(samples, [sample(1000, 1.0), sample(2000, 3.0)]);
        let mut ahead = Window::default();
        ahead.absorb(&[sample(900_000, 1.0)], false, Timestamp(1000));
        assert_eq!(ahead.view(Timestamp(9000), 10 * SECOND, SECOND).0, Quality::Stale, "a fast clock is no fresh data");
    }

    #[test]
    fn one_partial_reading_makes_a_window_partial_until_it_has_left() {
        let mut window = Window::default();
        window.absorb(&[sample(1000, 1.0)], true, Timestamp(1000));
        assert_eq!(window.view(Timestamp(1000), SECOND, SECOND).0, Quality::Partial);
        window.absorb(&[sample(2000, 1.0)], false, Timestamp(2000));
        assert_eq!(window.view(Timestamp(2000), SECOND, SECOND).0, Quality::Partial);
        assert_eq!(window.view(Timestamp(2001), SECOND, SECOND).0, Quality::Fresh);
    }

    #[test]
    fn what_is_old_or_too_much_is_forgotten_oldest_first() {
        let mut window = window(&[(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]);
        window.prune(Timestamp(2), 2);
        let (_, samples) = window.view(Timestamp(4), SECOND, SECOND);
        assert_eq!(samples, [sample(3, 3.0), sample(4, 4.0)]);
        window.prune(Timestamp(5), 2);
        assert!(window.is_empty());
    }
}

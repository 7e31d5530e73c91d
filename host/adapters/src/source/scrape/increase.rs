//! How much counters rose since the scrape before.

use std::collections::HashMap;

use scaling_core::units::Timestamp;

use super::exposition::Point;
use crate::source::subject::Labels;

/// The counters of one exporter at its last scrape.
#[derive(Debug, Default)]
pub(super) struct Counters {
    last: HashMap<Labels, (Timestamp, f64)>,
}

/// How much one counter rose.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Increase {
    pub labels: Labels,
    pub amount: f64,
    pub seconds: f64,
}

impl Counters {
    /// Takes in a scrape and tells how much each counter rose since the one before.
    ///
    /// A counter that fell began anew at zero. One seen for the first time has no past and tells nothing:
    /// it may have been counting for days.
    pub fn advance(&mut self, points: &[Point], now: Timestamp) -> Vec<Increase> {
        let mut increases = Vec::new();
        let mut current = HashMap::with_capacity(points.len());
        for point in points.iter().filter(|point| point.value.is_finite()) {
            let at = point.at.unwrap_or(now);
            let before = self.last.get(&point.labels).copied();
            if let Some((then, past)) = before.filter(|&(then, _)| then < at) {
                let amount = if point.value < past { point.value } else { point.value - past };
                increases.push(Increase {
                    labels: point.labels.clone(),
                    amount,
                    seconds: at.since(then).as_secs_f64(),
                });
            }
            let newer = before.is_none_or(|(then, _)| then < at);
            let kept = if newer { (at, point.value) } else { before.unwrap_or((at, point.value)) };
            current.insert(point.labels.clone(), kept);
        }
        self.last = current;
        increases
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(name: &str, value: f64) -> Point {
        let labels = Labels::from([("name".to_owned(), name.to_owned())]);
        Point { labels, value, at: None }
    }

    fn amounts(increases: &[Increase]) -> Vec<(f64, f64)> {
        increases.iter().map(|increase| (increase.amount, increase.seconds)).collect()
    }

    #[test]
    fn the_first_scrape_tells_nothing() {
        let mut counters = Counters::default();
        assert!(counters.advance(&[point("a", 1e9)], Timestamp(1000)).is_empty());
        assert_eq!(amounts(&counters.advance(&[point("a", 1e9 + 30.0)], Timestamp(3000))), [(30.0, 2.0)]);
    }

    #[test]
    fn a_counter_that_fell_began_anew() {
        let mut counters = Counters::default();
        counters.advance(&[point("a", 100.0)], Timestamp(1000));
        assert_eq!(amounts(&counters.advance(&[point("a", 4.0)], Timestamp(2000))), [(4.0, 1.0)]);
    }

    #[test]
    fn a_new_counter_waits_for_its_second_scrape() {
        let mut counters = Counters::default();
        counters.advance(&[point("a", 1.0)], Timestamp(1000));
        let increases = counters.advance(&[point("a", 2.0), point("b", 500.0)], Timestamp(2000));
        assert_eq!(amounts(&increases), [(1.0, 1.0)]);
    }

    #[test]
    fn the_exporters_own_time_counts_and_a_repeated_one_tells_nothing() {
        let timed = |value, at| Point { at: Some(Timestamp(at)), ..point("a", value) };
        let mut counters = Counters::default();
        counters.advance(&[timed(1.0, 1000)], Timestamp(9000));
        assert!(counters.advance(&[timed(1.0, 1000)], Timestamp(10_000)).is_empty());
        assert_eq!(amounts(&counters.advance(&[timed(5.0, 3000)], Timestamp(11_000))), [(4.0, 2.0)]);
    }
}

//! From the samples of all exporters to one number for each group.

use std::collections::BTreeMap;

use scaling_core::units::{Timestamp, Value};

use super::exposition::Point;
use super::histogram;
use super::increase::Increase;
use super::{Function, Question};
use crate::source::subject::Labels;

/// The number of one group.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    pub labels: Labels,
    pub value: Value,
    /// The oldest time that an exporter gave to one of the parts: the whole is as old as that.
    pub at: Option<Timestamp>,
    /// A part was not a number.
    pub partial: bool,
}

/// Sum, mean, least or greatest of the points of each group.
pub(super) fn over_points(question: &Question, points: Vec<Point>) -> Vec<Outcome> {
    let mut groups: BTreeMap<Labels, Vec<Point>> = BTreeMap::new();
    for point in points {
        groups.entry(question.group_of(&point.labels)).or_default().push(point);
    }
    let result = |(labels, points): (Labels, Vec<Point>)| {
        let numbers: Vec<f64> = points.iter().map(|point| point.value).filter(|value| value.is_finite()).collect();
        let value = aggregate(question.function, &numbers).and_then(Value::new)?;
        let at = points.iter().filter_map(|point| point.at).min();
        Some(Outcome { labels, value, at, partial: numbers.len() < points.len() })
    };
    groups.into_iter().filter_map(result).collect()
}

fn aggregate(function: Function, numbers: &[f64]) -> Option<f64> {
    let first = *numbers.first()?;
    let sum: f64 = numbers.iter().sum();
    Some(match function {
        Function::Avg => sum / numbers.len() as f64,
        Function::Min => numbers.iter().copied().fold(first, f64::min),
        Function::Max => numbers.iter().copied().fold(first, f64::max),
        Function::Sum | Function::Rate | Function::Quantile => sum,
    })
}

/// How fast the counters of each group rose, per second, summed.
pub(super) fn rates(question: &Question, increases: &[Increase]) -> Vec<Outcome> {
    let mut groups: BTreeMap<Labels, f64> = BTreeMap::new();
    for increase in increases {
        *groups.entry(question.group_of(&increase.labels)).or_default() += increase.amount / increase.seconds;
    }
    groups.into_iter().filter_map(|(labels, rate)| now(labels, rate)).collect()
}

/// The quantile of what the histograms of each group have counted together.
pub(super) fn quantiles(question: &Question, increases: &[Increase]) -> Result<Vec<Outcome>, String> {
    let rank = question.quantile.unwrap_or(0.5);
    let mut groups: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for increase in increases {
        let bound = upper_bound(&increase.labels)?;
        let buckets = groups.entry(question.group_of(&increase.labels)).or_default();
        match buckets.iter_mut().find(|(le, _)| *le == bound) {
            Some((_, count)) => *count += increase.amount,
            None => buckets.push((bound, increase.amount)),
        }
    }
    let result = |(labels, mut buckets): (Labels, Vec<(f64, f64)>)| {
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        now(labels, histogram::quantile(rank, &buckets)?)
    };
    Ok(groups.into_iter().filter_map(result).collect())
}

fn upper_bound(labels: &Labels) -> Result<f64, String> {
    let le = labels.get("le").ok_or("a bucket has no label le: the metric is no histogram")?;
    le.parse().ok().filter(|bound: &f64| !bound.is_nan()).ok_or_else(|| format!("a bucket's le is no number: {le:?}"))
}

fn now(labels: Labels, number: f64) -> Option<Outcome> {
    Value::new(number).map(|value| Outcome { labels, value, at: None, partial: false })
}

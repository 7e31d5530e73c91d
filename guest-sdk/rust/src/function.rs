//! The built-in synthesizing functions.

use std::borrow::Cow;

use serde::Deserialize;

use crate::indicator::{Kind, Usable};
use crate::{Indicator, JsonSchema, Missing, Synthesize};

/// The built-in synthesizing functions. In a config: `"average"`, or `{"quantile": 0.95}`.
///
/// Samples of several series are pooled, except by `count` of readings, `last` and `rate`, which are added up.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// How many there are: of `jobs.*` the number of jobs, of an indicator that is read (a queue length) the newest
    /// reading.
    Count,
    /// How many samples there are in the window.
    Samples,
    /// All values together.
    Sum,
    /// The arithmetic mean.
    Average,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The newest value.
    Last,
    /// Increase per second of a counter, from the oldest to the newest sample of the window. A fall is a restart from zero.
    Rate,
    /// The value below which that part (0 to 1) of all values lies, interpolated linearly.
    Quantile(f64),
}

impl Synthesize for Function {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Count => "count",
            Self::Samples => "samples",
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Min => "min",
            Self::Max => "max",
            Self::Last => "last",
            Self::Rate => "rate",
            Self::Quantile(part) => return Cow::Owned(format!("quantile {part}")),
        })
    }

    fn synthesize(&self, indicator: &Indicator<'_>) -> Result<f64, Missing> {
        let series = indicator.usable()?;
        let number = match self {
            Self::Count => each(&series, how_many),
            Self::Samples => Ok(series.iter().map(|one| one.samples.len()).sum::<usize>() as f64),
            Self::Sum if series.iter().all(|one| one.kind != Kind::Readings) => Ok(values(&series).sum()),
            Self::Sum => filled(&series).map(|values| values.iter().sum()),
            Self::Average => filled(&series).map(|values| values.iter().sum::<f64>() / values.len() as f64),
            Self::Min => values(&series).reduce(f64::min).ok_or(Missing::Empty),
            Self::Max => values(&series).reduce(f64::max).ok_or(Missing::Empty),
            Self::Last => each(&series, newest),
            Self::Rate => each(&series, rate),
            Self::Quantile(part) => filled(&series).map(|values| quantile(values, *part)),
        }?;
        // A sum of nothing is -0.0 in Rust; people read 0.
        if number.is_finite() { Ok(number + 0.0) } else { Err(Missing::Overflow) }
    }
}

fn values<'a>(series: &'a [Usable<'_>]) -> impl Iterator<Item = f64> + 'a {
    series.iter().flat_map(|one| one.samples).map(|sample| sample.value)
}

fn filled(series: &[Usable<'_>]) -> Result<Vec<f64>, Missing> {
    let values: Vec<_> = values(series).collect();
    if values.is_empty() { Err(Missing::Empty) } else { Ok(values) }
}

/// The sum of what each series gives; one that gives nothing spoils it.
fn each(series: &[Usable<'_>], number: impl Fn(&Usable<'_>) -> Result<f64, Missing>) -> Result<f64, Missing> {
    series.iter().map(number).sum()
}

fn how_many(one: &Usable<'_>) -> Result<f64, Missing> {
    match one.kind {
        Kind::Readings => newest(one),
        Kind::JobsNow => Ok(one.samples.iter().map(|sample| sample.value).sum()),
        Kind::JobsPast => Ok(one.samples.len() as f64),
    }
}

fn newest(one: &Usable<'_>) -> Result<f64, Missing> {
    one.samples.last().map(|sample| sample.value).ok_or(Missing::Empty)
}

fn rate(one: &Usable<'_>) -> Result<f64, Missing> {
    if one.kind != Kind::Readings {
        return Err(Missing::Unsuited);
    }
    let [first, .., last] = one.samples else { return Err(Missing::TooFew { needed: 2 }) };
    let span = last.at.saturating_sub(first.at);
    if span == 0 {
        return Err(Missing::TooFew { needed: 2 });
    }
    let steps = one.samples.windows(2).map(|pair| (pair[0].value, pair[1].value));
    let increase: f64 = steps.map(|(old, new)| if new < old { new } else { new - old }).sum();
    Ok(increase * 1000.0 / span as f64)
}

/// As `quantile_over_time` of Prometheus: rank `part * (n - 1)`, interpolated.
fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = part.clamp(0.0, 1.0) * (values.len() - 1) as f64;
    let (below, above) = (values[rank.floor() as usize], values[rank.ceil() as usize]);
    below + (above - below) * rank.fract()
}

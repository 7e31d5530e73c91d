//! From what was found in a document to one number.

use scaling_core::units::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What to make of several numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// Their sum.
    Sum,
    /// How many there are. Of a single list: how long it is.
    Count,
    /// Their mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The last one of the document.
    Last,
}

/// A number, and whether parts of it were missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Total {
    pub value: Value,
    pub partial: bool,
}

/// One number from what was found. `None`: it is missing; never zero unless `list_is_there` proves it.
pub(super) fn total(how: Option<Aggregate>, found: &[Json], list_is_there: bool) -> Result<Option<Total>, String> {
    if how == Some(Aggregate::Count) {
        return Ok(count(found, list_is_there).and_then(|count| Value::new(count as f64)).map(whole));
    }
    let numbers: Vec<f64> = found.iter().map(number).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let value = match (how, numbers.as_slice()) {
        (Some(Aggregate::Sum), []) if list_is_there && found.is_empty() => Some(0.0),
        (_, []) => None,
        (None, [one]) if found.len() == 1 => Some(*one),
        (None, _) => {
            let count = found.len();
            return Err(format!("found {count} values where one was expected: say aggregate = \"sum\" or another"));
        }
        (Some(how), numbers) => Some(aggregate(how, numbers)),
    };
    let partial = numbers.len() < found.len();
    Ok(value.and_then(Value::new).map(|value| Total { value, partial }))
}

fn whole(value: Value) -> Total {
    Total { value, partial: false }
}

fn count(found: &[Json], list_is_there: bool) -> Option<usize> {
    match found {
        [] if !list_is_there => None,
        [Json::Array(list)] => Some(list.len()),
        all => Some(all.len()),
    }
}

fn aggregate(how: Aggregate, numbers: &[f64]) -> f64 {
    let sum: f64 = numbers.iter().sum();
    match how {
        Aggregate::Sum => sum,
        Aggregate::Count => numbers.len() as f64,
        Aggregate::Avg => sum / numbers.len() as f64,
        Aggregate::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
        Aggregate::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Aggregate::Last => numbers.last().copied().unwrap_or(f64::NAN),
    }
}

/// The number, `None` if it is null or not finite. Numbers as text are taken, as many APIs write them.
fn number(found: &Json) -> Result<Option<f64>, String> {
    let number = match found {
        Json::Null => return Ok(None),
        Json::Number(number) => number.as_f64(),
        Json::String(text) => Some(text.trim().parse().map_err(|_| "found a text that is no number".to_owned())?),
        Json::Bool(_) => return Err("found true or false where a number was expected".to_owned()),
        Json::Array(_) => return Err("found a list where a number was expected: aggregate = \"count\"?".to_owned()),
        Json::Object(_) => return Err("found an object where a number was expected".to_owned()),
    };
    Ok(number.filter(|number| number.is_finite()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(how: Option<Aggregate>, found: &Json, list_is_there: bool) -> Result<Option<(f64, bool)>, String> {
        let found = found.as_array().unwrap().clone();
        total(how, &found, list_is_there).map(|told| told.map(|told| (told.value.get(), told.partial)))
    }

    #[test]
    fn aggregates() {
        use Aggregate::{Avg, Count, Last, Max, Min, Sum};
        for (how, expected) in [(Sum, 9.0), (Count, 3.0), (Avg, 3.0), (Min, 1.0), (Max, 6.0), (Last, 2.0)] {
            assert_eq!(told(Some(how), &json!([1, 6, "2"]), false), Ok(Some((expected, false))), "{how:?}");
        }
        assert_eq!(told(None, &json!([7]), false), Ok(Some((7.0, false))));
    }

    #[test]
    fn no_match_is_missing_unless_the_list_is_there() {
        for how in [None, Some(Aggregate::Sum), Some(Aggregate::Count), Some(Aggregate::Max), Some(Aggregate::Avg)] {
            assert_eq!(told(how, &json!([]), false), Ok(None), "{how:?}");
        }
        assert_eq!(told(Some(Aggregate::Sum), &json!([]), true), Ok(Some((0.0, false))));
        assert_eq!(told(Some(Aggregate::Count), &json!([]), true), Ok(Some((0.0, false))));
        assert_eq!(told(Some(Aggregate::Max), &json!([]), true), Ok(None));
        assert_eq!(told(Some(Aggregate::Count), &json!([[1, 2]]), false), Ok(Some((2.0, false))));
    }

    #[test]
    fn null_and_nan_are_missing_and_never_zero() {
        for found in [json!([null]), json!(["NaN"]), json!(["inf"])] {
            assert_eq!(told(None, &found, false), Ok(None), "{found}");
            assert_eq!(told(Some(Aggregate::Sum), &found, true), Ok(None), "{found}");
        }
        assert_eq!(told(Some(Aggregate::Sum), &json!([1, null, 2]), true), Ok(Some((3.0, true))));
    }

    #[test]
    fn what_is_no_number_is_an_error() {
        for found in [json!([true]), json!([{}]), json!([[1]]), json!(["many"]), json!([1, "many"]), json!([1, 2])] {
            assert!(told(None, &found, false).is_err(), "{found}");
        }
    }
}

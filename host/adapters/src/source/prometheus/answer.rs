//! The JSON of the query API: `status`, and in `data` a vector, a matrix or a scalar.

use scaling_core::observation::Sample;
use scaling_core::units::{Timestamp, Value};
use serde::Deserialize;

use crate::source::SourceError;
use crate::source::subject::{Labels, braced};

/// What every answer is wrapped in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope {
    status: String,
    data: Option<Data>,
    #[serde(default)]
    error_type: String,
    #[serde(default)]
    error: String,
    /// Such as the stores that a Thanos could not reach.
    #[serde(default)]
    warnings: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Vector(Vec<Series>),
    Matrix(Vec<Series>),
    Scalar(Point),
    String(serde::de::IgnoredAny),
}

/// One element of a vector (`value`) or of a matrix (`values`).
#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    metric: Labels,
    value: Option<Point>,
    values: Option<Vec<Point>>,
}

/// A moment in seconds and a number as text.
#[derive(Deserialize)]
struct Point(f64, String);

/// What was understood.
pub(super) struct Answered {
    pub items: Vec<Item>,
    /// The answer came with warnings: parts of it may be missing.
    pub warned: bool,
}

/// One series.
pub(super) struct Item {
    pub labels: Labels,
    pub samples: Vec<Sample>,
}

/// Why an answer holds no numbers.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// The server could not, this time.
    Passing(String),
    /// The query or the answer is wrong.
    Lasting(String),
}

impl Fault {
    pub fn at(self, place: &str) -> SourceError {
        match self {
            Self::Passing(text) => SourceError::Unreachable(format!("{place}: {text}")),
            Self::Lasting(text) => SourceError::Garbled(format!("{place}: {text}")),
        }
    }
}

impl Envelope {
    pub fn into_answered(self) -> Result<Answered, Fault> {
        if self.status != "success" {
            return Err(self.into_fault());
        }
        let items = match self.data {
            Some(Data::Vector(all) | Data::Matrix(all)) => all.into_iter().map(Series::into_item).collect(),
            Some(Data::Scalar(point)) => samples(&[point]).map(|samples| vec![Item { labels: Labels::new(), samples }]),
            Some(Data::String(_)) => Err(Fault::Lasting("the query yields text, a number was expected".to_owned())),
            None => Err(Fault::Lasting("status is success and there is no data".to_owned())),
        };
        Ok(Answered { items: items?, warned: !self.warnings.is_empty() })
    }

    fn into_fault(self) -> Fault {
        let text = format!("the query failed ({}): {}", self.error_type, self.error);
        match self.error_type.as_str() {
            "timeout" | "canceled" | "unavailable" | "internal" => Fault::Passing(text),
            _ => Fault::Lasting(text),
        }
    }
}

impl Series {
    fn into_item(self) -> Result<Item, Fault> {
        let points = match (self.value, self.values) {
            (Some(point), None) => vec![point],
            (None, Some(points)) => points,
            _ => {
                let text = format!("{} has no number; a histogram needs histogram_quantile", braced(&self.metric));
                return Err(Fault::Lasting(text));
            }
        };
        Ok(Item { samples: samples(&points)?, labels: self.metric })
    }
}

/// The samples of these points; NaN and infinities are no samples.
fn samples(points: &[Point]) -> Result<Vec<Sample>, Fault> {
    let mut samples = Vec::with_capacity(points.len());
    for Point(seconds, text) in points {
        let number: f64 = text.parse().map_err(|_| Fault::Lasting(format!("{text:?} is no number")))?;
        let at = Timestamp((seconds.max(0.0) * 1000.0).round() as u64);
        samples.extend(Value::new(number).map(|value| Sample { at, value }));
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Answered, Fault> {
        let envelope: Envelope = serde_json::from_str(text).map_err(|error| Fault::Lasting(error.to_string()))?;
        envelope.into_answered()
    }

    fn success(data: &str) -> Result<Answered, Fault> {
        read(&format!(r#"{{"status":"success","data":{data}}}"#))
    }

    fn numbers(answered: &Answered) -> Vec<Vec<(u64, f64)>> {
        let of = |item: &Item| item.samples.iter().map(|sample| (sample.at.0, sample.value.get())).collect();
        answered.items.iter().map(of).collect()
    }

    #[test]
    fn vectors_matrices_and_scalars_hold_numbers() {
        let vector = r#"{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1.5,"2"]}]}"#;
        assert_eq!(numbers(&success(vector).unwrap()), [[(1500, 2.0)]]);
        let matrix =
            r#"{"result":[{"metric":{},"values":[[1,"2"],[2,"NaN"],[3,"+Inf"],[4,"-1e3"]]}],"resultType":"matrix"}"#;
        assert_eq!(numbers(&success(matrix).unwrap()), [[(1000, 2.0), (4000, -1000.0)]]);
        assert_eq!(numbers(&success(r#"{"resultType":"scalar","result":[1,"7"]}"#).unwrap()), [[(1000, 7.0)]]);
    }

    #[test]
    fn an_empty_vector_is_nothing_and_no_zero() {
        assert!(success(r#"{"resultType":"vector","result":[]}"#).unwrap().items.is_empty());
    }

    #[test]
    fn what_is_no_number_is_a_fault() {
        for data in [
            r#"{"resultType":"string","result":[1,"x"]}"#,
            r#"{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}"#,
            r#"{"resultType":"vector","result":[{"metric":{},"value":[1,null]}]}"#,
            r#"{"resultType":"vector","result":[{"metric":{},"value":null}]}"#,
            r#"{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1"}]}]}"#,
            "null",
        ] {
            assert!(matches!(success(data), Err(Fault::Lasting(_))), "{data}");
        }
    }

    #[test]
    fn a_refusal_keeps_its_reason() {
        let refused = read(r#"{"status":"error","errorType":"bad_data","error":"parse error at char 3"}"#);
        assert_eq!(
            refused.err(),
            Some(Fault::Lasting("the query failed (bad_data): parse error at char 3".to_owned()))
        );
        let busy = read(r#"{"status":"error","errorType":"timeout","error":"too slow"}"#);
        assert!(matches!(busy, Err(Fault::Passing(_))));
    }

    #[test]
    fn warnings_make_it_partial() {
        let text = r#"{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["no store"]}"#;
        assert!(read(text).unwrap().warned);
    }
}

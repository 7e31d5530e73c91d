//! Moments as APIs write them: RFC 3339, or seconds or milliseconds since the epoch.

use scaling_core::units::Timestamp;
use serde_json::Value as Json;

/// From here on a number is milliseconds: as seconds it would lie in the year 5138, as milliseconds in 1973.
const MILLISECONDS_FROM: f64 = 1e11;

/// The moment, if that is what it is. Text may hold a number.
pub(super) fn read(found: &Json) -> Option<Timestamp> {
    match found {
        Json::Number(number) => from_number(number.as_f64()?),
        Json::String(text) => match text.trim().parse::<f64>() {
            Ok(number) => from_number(number),
            Err(_) => from_text(text.trim()),
        },
        _ => None,
    }
}

fn from_number(number: f64) -> Option<Timestamp> {
    let milliseconds = if number >= MILLISECONDS_FROM { number } else { number * 1000.0 };
    (milliseconds.is_finite() && milliseconds > 0.0).then(|| Timestamp(milliseconds.round() as u64))
}

fn from_text(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn moments_in_every_form() {
        for found in [
            json!(1_700_000_000.25),
            json!(1_700_000_000_250_u64),
            json!("1700000000.25"),
            json!("2023-11-14T22:13:20.25Z"),
            json!("2023-11-14T23:13:20.250+01:00"),
        ] {
            assert_eq!(read(&found), Some(Timestamp(1_700_000_000_250)), "{found}");
        }
    }

    #[test]
    fn what_is_no_moment() {
        for found in [json!(null), json!("soon"), json!(true), json!(-5), json!(0), json!("NaN"), json!("2023-11-14")] {
            assert_eq!(read(&found), None, "{found}");
        }
    }
}

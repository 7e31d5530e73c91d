//! A length of time in a config: milliseconds, or text with a unit.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// Milliseconds: `60000`, `"60s"`, `"5m"`, `"1h"`, `"500ms"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub u32);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SpanVisitor)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            whole if whole.is_multiple_of(1000) => write!(f, "{} s", whole / 1000),
            other => write!(f, "{other} ms"),
        }
    }
}

struct SpanVisitor;

impl Visitor<'_> for SpanVisitor {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("milliseconds or text such as \"60s\", \"5m\", \"1h\", up to 49 days")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Span, E> {
        u32::try_from(number).map(Span).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Span, E> {
        parse(text).map(Span).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

fn parse(text: &str) -> Option<u32> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let milliseconds = match unit.trim_start() {
        "ms" => 1,
        "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(milliseconds)
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Milliseconds, or text with a unit.",
            "oneOf": [
                { "type": "integer", "minimum": 0, "maximum": u32::MAX },
                { "type": "string", "pattern": "^\\s*[0-9]+\\s*(ms|s|m|min|h|d)\\s*$" }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_unit_or_is_milliseconds() {
        let read = |text: &str| serde_json::from_str::<Span>(text).map(|span| span.0).ok();
        assert_eq!(read("250"), Some(250));
        assert_eq!(read("\"60s\""), Some(60_000));
        assert_eq!(read("\"5 min\""), Some(300_000));
        assert_eq!(["\"soon\"", "-1", "\"50d\"", "\"5\""].map(read), [None; 4]);
        assert_eq!((Span(1500).to_string(), Span(2000).to_string()), ("1500 ms".to_owned(), "2 s".to_owned()));
    }
}

//! Room for what is coming: the measured value, altered before it is compared.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Which way a margin alters the measured value.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub enum Direction {
    /// Increases it.
    #[default]
    #[serde(rename = "+")]
    Plus,
    /// Decreases it.
    #[serde(rename = "-")]
    Minus,
}

/// What a margin's number means.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum MarginType {
    /// In units of the indicator.
    #[default]
    #[serde(alias = "Absolute")]
    Absolute,
    /// In hundredths of the measured value.
    #[serde(alias = "Percent")]
    Percent,
}

/// Alters a measured value MV: absolute to `MV op M`, percent to `MV op (MV * M / 100)`. The default changes nothing.
///
/// In a config: `2`, `-5`, `"+2"`, `"-5%"`, or `{"operator": "-", "value": 5, "type": "percent"}`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Margin {
    /// Which way.
    pub operator: Direction,
    /// How much; finite.
    pub value: f64,
    /// Of what.
    pub kind: MarginType,
}

impl Margin {
    /// So many units of the indicator; negative takes away.
    pub fn absolute(value: f64) -> Self {
        Self::signed(value, MarginType::Absolute)
    }

    /// So many hundredths of the measured value; negative takes away.
    pub fn percent(value: f64) -> Self {
        Self::signed(value, MarginType::Percent)
    }

    fn signed(value: f64, kind: MarginType) -> Self {
        let operator = if value < 0.0 { Direction::Minus } else { Direction::Plus };
        Self { operator, value: value.abs(), kind }
    }

    /// The value that is compared.
    pub fn apply(&self, measured: f64) -> f64 {
        let by = match self.kind {
            MarginType::Absolute => self.value,
            MarginType::Percent => measured * self.value / 100.0,
        };
        match self.operator {
            Direction::Plus => measured + by,
            Direction::Minus => measured - by,
        }
    }

    /// Whether it changes nothing.
    pub fn is_none(&self) -> bool {
        self.value == 0.0
    }
}

/// `+ 2`, `- 5 %`.
impl fmt::Display for Margin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = if self.operator == Direction::Plus { '+' } else { '-' };
        let unit = if self.kind == MarginType::Percent { " %" } else { "" };
        write!(f, "{operator} {}{unit}", self.value)
    }
}

impl<'de> Deserialize<'de> for Margin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MarginVisitor)
    }
}

/// Not `untagged`, which would lose the way to a wrong key.
struct MarginVisitor;

impl<'de> Visitor<'de> for MarginVisitor {
    type Value = Margin;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a margin such as 2, \"-5%\" or {\"operator\": \"-\", \"value\": 5, \"type\": \"percent\"}")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Margin, E> {
        Ok(Margin::absolute(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Margin, E> {
        Ok(Margin::absolute(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Margin, E> {
        Ok(Margin::absolute(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Margin, E> {
        parse(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Margin, A::Error> {
        let Record { operator, value, kind } = Record::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Margin { operator, value, kind })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    #[serde(default)]
    operator: Direction,
    value: f64,
    #[serde(default, rename = "type")]
    kind: MarginType,
}

/// `+2`, `- 5 %`, `5%`, `2`.
fn parse(text: &str) -> Option<Margin> {
    let text = text.trim();
    let (text, kind) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), MarginType::Percent),
        None => (text, MarginType::Absolute),
    };
    let (operator, number) = match text.strip_prefix('-') {
        Some(number) => (Direction::Minus, number),
        None => (Direction::Plus, text.strip_prefix('+').unwrap_or(text)),
    };
    let value: f64 = number.trim_start().parse().ok()?;
    (value.is_finite() && value >= 0.0).then_some(Margin { operator, value, kind })
}

impl JsonSchema for Margin {
    fn schema_name() -> Cow<'static, str> {
        "Margin".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Alters the measured value before it is compared.",
            "oneOf": [
                { "type": "number" },
                { "type": "string", "pattern": "^\\s*[+-]?\\s*[0-9.]+\\s*%?\\s*$" },
                {
                    "type": "object",
                    "properties": {
                        "operator": { "enum": ["+", "-"], "default": "+" },
                        "value": { "type": "number" },
                        "type": { "enum": ["absolute", "percent"], "default": "absolute" }
                    },
                    "required": ["value"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Margin {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn all_spellings_of_five_percent_less() {
        for json in [r#""-5%""#, r#"" - 5 % ""#, r#"{"operator":"-","value":5,"type":"Percent"}"#] {
            assert_eq!(read(json), Margin::percent(-5.0), "{json}");
        }
    }

    #[test]
    fn all_spellings_of_two_more() {
        for json in ["2", "2.0", r#""2""#, r#""+2""#, r#"{"value":2}"#] {
            assert_eq!(read(json), Margin::absolute(2.0), "{json}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_an_example() {
        for json in [r#""--5""#, r#""5 percent""#, r#""nan""#, r#""""#, "true"] {
            let error = serde_json::from_str::<Margin>(json).expect_err(json).to_string();
            assert!(error.contains("expected a margin such as 2"), "{error}");
        }
        assert!(serde_json::from_str::<Margin>(r#"{"value":1,"typ":"percent"}"#).is_err());
    }

    #[test]
    fn the_formula() {
        assert_eq!(Margin::absolute(2.0).apply(19.0), 21.0);
        assert_eq!(Margin::percent(-5.0).apply(10.0), 9.5);
        assert_eq!(Margin::percent(10.0).apply(20.0), 22.0);
        assert_eq!(Margin::default().apply(7.0), 7.0);
    }
}

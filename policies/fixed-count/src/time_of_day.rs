//! A time of day in a config.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use trimtab_policy_sdk::JsonSchema;
use trimtab_policy_sdk::schemars::{Schema, SchemaGenerator, json_schema};

const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// Minutes since midnight: `"07:00"`, up to `"24:00"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// Midnight at the end of the day.
    pub fn end() -> Self {
        Self(MINUTES_OF_A_DAY)
    }

    /// Milliseconds since midnight.
    pub fn milliseconds(self) -> i64 {
        i64::from(self.0) * 60_000
    }

    /// The time of day of so many milliseconds since midnight, to the minute.
    pub fn at(milliseconds: i64) -> Self {
        Self((milliseconds / 60_000) as u32)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = TimeOfDay;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time of day from \"00:00\" to \"24:00\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<TimeOfDay, E> {
        parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

fn parse(text: &str) -> Option<TimeOfDay> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let time = hours * 60 + minutes;
    (minutes < 60 && time <= MINUTES_OF_A_DAY).then_some(TimeOfDay(time))
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Hours and minutes, 00:00 to 24:00.",
            "type": "string",
            "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
        })
    }
}

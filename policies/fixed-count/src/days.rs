//! Days of the week in a config.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use trimtab_policy_sdk::JsonSchema;
use trimtab_policy_sdk::schemars::{Schema, SchemaGenerator, json_schema};

/// As they are written, Monday first.
pub const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Days since Monday, 1970-01-01 being a Thursday.
const FIRST_DAY: i64 = 3;

/// Some days of the week: `"mon-fri"`, `"sat"`, `["mon", "thu-sat"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days([bool; 7]);

/// All of them.
impl Default for Days {
    fn default() -> Self {
        Self([true; 7])
    }
}

impl Days {
    const NONE: Self = Self([false; 7]);

    /// Whether the day that is so many days after 1970-01-01 is one of them.
    pub fn contains(self, day: i64) -> bool {
        self.0[weekday(day)]
    }

    fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|day| self.0[day] || other.0[day]))
    }

    /// From the first to the last, over Sunday if need be: `fri-mon` is four days.
    fn from_to(first: usize, last: usize) -> Self {
        let length = (last + 7 - first) % 7;
        Self(std::array::from_fn(|day| (day + 7 - first) % 7 <= length))
    }
}

/// 0 is Monday.
pub fn weekday(day: i64) -> usize {
    (day + FIRST_DAY).rem_euclid(7) as usize
}

/// `mon-fri`, `mon,thu-sat`, `daily`.
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("daily");
        }
        let is_first = |day: usize| self.0[day] && !self.0[(day + 6) % 7];
        let last = |first: usize| (first..first + 7).take_while(|day| self.0[day % 7]).last().unwrap_or(first) % 7;
        let runs = (0..7).filter(|&day| is_first(day)).map(|first| match last(first) {
            last if last == first => NAMES[first].to_owned(),
            last => format!("{}-{}", NAMES[first], NAMES[last]),
        });
        f.write_str(&runs.collect::<Vec<_>>().join(","))
    }
}

fn parse(text: &str) -> Option<Days> {
    let day = |name: &str| NAMES.iter().position(|known| name.trim().eq_ignore_ascii_case(known));
    match text.split_once('-') {
        Some((first, last)) => Some(Days::from_to(day(first)?, day(last)?)),
        None => day(text).map(|day| Days::from_to(day, day)),
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DaysVisitor)
    }
}

struct DaysVisitor;

impl<'de> Visitor<'de> for DaysVisitor {
    type Value = Days;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("days such as \"mon\", \"mon-fri\" or [\"mon\", \"thu-sat\"]")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Days, E> {
        parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Days, A::Error> {
        let mut days = Days::NONE;
        while let Some(OneRange(some)) = list.next_element()? {
            days = days.and(some);
        }
        if days == Days::NONE { Err(A::Error::invalid_length(0, &"at least one day")) } else { Ok(days) }
    }
}

/// An element of the list, so that an error points at it.
struct OneRange(Days);

impl<'de> Deserialize<'de> for OneRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'_, str>>::deserialize(deserializer)?;
        DaysVisitor.visit_str(&text).map(Self)
    }
}

impl JsonSchema for Days {
    fn schema_name() -> Cow<'static, str> {
        "Days".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let day = "\\s*([Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)\\s*";
        let some = json_schema!({ "type": "string", "pattern": format!("^{day}(-{day})?$") });
        json_schema!({
            "description": "A day, a range of days, or a list of both.",
            "oneOf": [some, { "type": "array", "minItems": 1, "items": some }]
        })
    }
}

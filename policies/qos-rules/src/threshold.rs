//! What the altered value is compared with: a number, or one that grows with the target.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use trimtab_policy_sdk::schemars::{Schema, SchemaGenerator, json_schema};
use trimtab_policy_sdk::{JsonSchema, Observation};

/// Milliseconds of an hour.
const HOUR: f64 = 3_600_000.0;

/// A threshold. The computed ones count the instances that the host steers to, `desired`: one that is being
/// started counts already, so a rule does not ask for it twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// That number.
    Fixed(f64),
    /// As many milliseconds as all instances have in an hour.
    AvailableDurationPerHour,
    /// As many as there are instances.
    ClientInstances,
    /// That number for each instance.
    PerReplica(f64),
}

impl Threshold {
    /// The number to compare with at this tick.
    pub fn at(self, observation: &Observation) -> f64 {
        let instances = f64::from(observation.desired);
        match self {
            Self::Fixed(number) => number,
            Self::AvailableDurationPerHour => instances * HOUR,
            Self::ClientInstances => instances,
            Self::PerReplica(number) => instances * number,
        }
    }
}

/// How it reads in a rule.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(number) => write!(f, "{number}"),
            Self::AvailableDurationPerHour => f.write_str("available-duration-per-hour"),
            Self::ClientInstances => f.write_str("client-instances"),
            Self::PerReplica(number) => write!(f, "{number} per replica"),
        }
    }
}

/// The thresholds that have a name.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Computed {
    #[serde(alias = "AvailableDurationPerHour")]
    AvailableDurationPerHour,
    #[serde(alias = "ClientInstances")]
    ClientInstances,
}

impl From<Computed> for Threshold {
    fn from(computed: Computed) -> Self {
        match computed {
            Computed::AvailableDurationPerHour => Self::AvailableDurationPerHour,
            Computed::ClientInstances => Self::ClientInstances,
        }
    }
}

/// `{"computed": NAME}` or `{"per-replica": NUMBER}`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Tagged {
    Computed(Computed),
    PerReplica(f64),
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ThresholdVisitor)
    }
}

struct ThresholdVisitor;

impl<'de> Visitor<'de> for ThresholdVisitor {
    type Value = Threshold;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, {\"computed\": NAME} or {\"per-replica\": NUMBER}")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Threshold, E> {
        Ok(Threshold::Fixed(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Threshold, E> {
        Ok(Threshold::Fixed(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Threshold, E> {
        Ok(Threshold::Fixed(number))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Threshold, E> {
        Computed::deserialize(StrDeserializer::new(name)).map(Into::into)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Threshold, A::Error> {
        Ok(match Tagged::deserialize(MapAccessDeserializer::new(map))? {
            Tagged::Computed(computed) => computed.into(),
            Tagged::PerReplica(number) => Threshold::PerReplica(number),
        })
    }
}

impl JsonSchema for Threshold {
    fn schema_name() -> Cow<'static, str> {
        "Threshold".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = ["available-duration-per-hour", "client-instances", "AvailableDurationPerHour", "ClientInstances"];
        let object = |key: &str, value: Schema| {
            json_schema!({
                "type": "object", "properties": { key: value }, "required": [key], "additionalProperties": false
            })
        };
        json_schema!({
            "description": "What the altered value is compared with.",
            "oneOf": [
                { "type": "number" },
                { "enum": names },
                object("computed", json_schema!({ "enum": names })),
                object("per-replica", json_schema!({ "type": "number" }))
            ]
        })
    }
}

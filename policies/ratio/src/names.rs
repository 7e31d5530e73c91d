//! One name or a list of names in a config.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use trimtab_policy_sdk::JsonSchema;
use trimtab_policy_sdk::schemars::{Schema, SchemaGenerator, json_schema};

/// `"drakrun"` or `["drakrun-a", "drakrun-b"]`; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an indicator, or a list of names")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Names, E> {
        String::deserialize(StrDeserializer::new(name)).map(|name| Names(vec![name]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Names, A::Error> {
        let names = Vec::deserialize(SeqAccessDeserializer::new(list))?;
        if names.is_empty() { Err(A::Error::invalid_length(0, &"at least one indicator")) } else { Ok(Names(names)) }
    }
}

impl JsonSchema for Names {
    fn schema_name() -> Cow<'static, str> {
        "Names".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let name = json_schema!({ "type": "string", "minLength": 1 });
        json_schema!({
            "description": "The name of an indicator, or a list of names.",
            "oneOf": [name, { "type": "array", "minItems": 1, "uniqueItems": true, "items": name }]
        })
    }
}

//! The JSON Schema of a config, from its type.

pub use schemars::JsonSchema;

/// JSON Schema (2020-12) of a config type, as `describe` tells it.
pub fn of<C: JsonSchema>() -> Option<String> {
    serde_json::to_string(&schemars::schema_for!(C)).ok()
}

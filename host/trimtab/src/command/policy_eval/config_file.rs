//! The config of a policy, from a file: JSON or TOML by its name; any other name is tried as JSON, then as TOML.

use std::path::Path;

use serde_json::Value;

use super::answer::EvalError;

/// The config in `path`, which has to be an object or a table.
pub(super) fn read(path: &Path) -> Result<Value, EvalError> {
    let failed = |what: String| EvalError::new("config-file", format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let as_json = || serde_json::from_str(&text).map_err(|error| failed(format!("not JSON: {error}")));
    let as_toml = || of_toml(&text).map_err(|error| failed(format!("not TOML: {error}")));
    let value = match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => as_json()?,
        Some("toml") => as_toml()?,
        _ => as_json().or_else(|_| as_toml())?,
    };
    if value.is_object() { Ok(value) } else { Err(failed("expected an object".to_owned())) }
}

fn of_toml(text: &str) -> Result<Value, toml::de::Error> {
    text.parse::<toml::Table>().map(|table| json(toml::Value::Table(table)))
}

/// TOML's values are JSON's, but for times (text) and numbers that are not finite (null, which a policy refuses).
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(list) => list.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

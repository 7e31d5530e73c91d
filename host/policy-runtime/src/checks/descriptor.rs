//! What a policy says of itself becomes file names, metric labels and help texts: it has to be tame.

use std::collections::HashSet;

use scaling_core::verdict::Descriptor;

use super::decoration;
use crate::error::LoadError;
use crate::settings::Limits;

const NAME_BYTES: usize = 128;
const VERSION_BYTES: usize = 64;
const SUMMARY_BYTES: usize = 1 << 10;
const SCHEMA_BYTES: usize = 64 << 10;
const LAYOUT_BYTES: usize = 128;
const LAYOUTS: usize = 32;
const SIGNAL_BYTES: usize = 48;
const SIGNALS: usize = 64;

/// Refuses a descriptor that can't be used, naming the field.
pub(crate) fn check(descriptor: &Descriptor, limits: &Limits) -> Result<(), LoadError> {
    problem(descriptor, limits).map_or(Ok(()), |message| Err(LoadError::Descriptor { message }))
}

fn problem(descriptor: &Descriptor, limits: &Limits) -> Option<String> {
    line("name", &descriptor.name, 1, NAME_BYTES)
        .or_else(|| line("version", &descriptor.version, 1, VERSION_BYTES))
        .or_else(|| version(&descriptor.version))
        .or_else(|| line("summary", &descriptor.summary, 0, SUMMARY_BYTES))
        .or_else(|| schema(descriptor.config_schema.as_deref()))
        .or_else(|| line("state-layout", &descriptor.state_layout, 0, LAYOUT_BYTES))
        .or_else(|| layouts(&descriptor.migrates_from))
        .or_else(|| signals(&descriptor.signals))
        .or_else(|| attributes(descriptor, limits))
}

fn line(field: &str, text: &str, least: usize, most: usize) -> Option<String> {
    let length = text.len();
    if !(least..=most).contains(&length) {
        return Some(format!("{field} has {length} bytes; expected {least} to {most}"));
    }
    text.chars().any(char::is_control).then(|| format!("{field} holds control characters; expected plain text"))
}

/// `major.minor.patch`, whatever follows.
fn version(version: &str) -> Option<String> {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = core.split('.').collect();
    let good = numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u64>().is_ok());
    (!good).then(|| format!("version is {version:?}; expected SemVer, for example 1.2.3"))
}

fn schema(schema: Option<&str>) -> Option<String> {
    let text = schema?;
    if text.len() > SCHEMA_BYTES {
        return Some(format!("config-schema has {} bytes; expected at most {SCHEMA_BYTES}", text.len()));
    }
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(_) | serde_json::Value::Bool(_)) => None,
        Ok(_) => Some("config-schema is not an object; expected a JSON Schema".to_owned()),
        Err(error) => Some(format!("config-schema is not JSON: {error}")),
    }
}

fn layouts(layouts: &[String]) -> Option<String> {
    if layouts.len() > LAYOUTS {
        return Some(format!("migrates-from has {} layouts; expected at most {LAYOUTS}", layouts.len()));
    }
    layouts.iter().find_map(|layout| line("migrates-from", layout, 1, LAYOUT_BYTES))
}

fn signals(signals: &[String]) -> Option<String> {
    if signals.len() > SIGNALS {
        return Some(format!("signals has {} names; expected at most {SIGNALS}", signals.len()));
    }
    let mut seen = HashSet::new();
    signals.iter().find_map(|name| {
        if !is_signal_name(name) {
            let shown = crate::text::cut(name, 2 * SIGNAL_BYTES);
            return Some(format!("signals has {shown:?}; expected [a-z][a-z0-9_]* of at most {SIGNAL_BYTES} bytes"));
        }
        (!seen.insert(name)).then(|| format!("signals has {name:?} twice"))
    })
}

fn is_signal_name(name: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= SIGNAL_BYTES && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(rest)
}

fn attributes(descriptor: &Descriptor, limits: &Limits) -> Option<String> {
    if descriptor.attributes.len() > limits.attributes {
        let (found, most) = (descriptor.attributes.len(), limits.attributes);
        return Some(format!("attributes has {found} entries; expected at most {most}"));
    }
    let long = descriptor.attributes.iter().find(|attribute| !decoration::fits(attribute))?;
    Some(format!("attribute {:?} has an empty or too long key, or too long a text", crate::text::cut(&long.key, 64)))
}

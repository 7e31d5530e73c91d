//! A template unit and its numbered instances: `drakrun@.service`, `drakrun@3.service`.

use std::cmp::Ordering;
use std::fmt;

use scaling_core::units::ReplicaId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// `NAME@.service`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    /// What stands before the `@`.
    prefix: String,
}

/// The number of an instance, as it is written: `3` is another than `03`.
///
/// They are ordered as numbers, and equal numbers by their length.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instance(String);

/// What should be the name of a template or a number and is not.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadName {
    /// Not a template of services.
    #[error("expected the name of a template unit, such as \"drakrun@.service\", not {0:?}")]
    Template(String),
    /// Not a number.
    #[error("expected the number of an instance, such as \"3\", not {0:?}")]
    Instance(String),
}

/// Longest name that systemd takes for a unit, less room for a number.
const LONGEST_PREFIX: usize = 230;

impl Template {
    /// The unit of an instance: `drakrun@3.service`.
    pub fn unit(&self, instance: &Instance) -> String {
        format!("{}@{}.service", self.prefix, instance)
    }

    /// The replica of an instance: `drakrun@3`.
    pub fn replica(&self, instance: &Instance) -> ReplicaId {
        ReplicaId(format!("{}@{}", self.prefix, instance))
    }

    /// The instance that a unit is of. `None`: of another template, or not a number.
    pub fn instance_of(&self, unit: &str) -> Option<Instance> {
        let number = unit.strip_suffix(".service")?.strip_prefix(&self.prefix)?.strip_prefix('@')?;
        Instance::try_from(number.to_owned()).ok()
    }

    /// Matches all of its instances, also those whose name is no number: `drakrun@*.service`.
    pub fn pattern(&self) -> String {
        format!("{}@*.service", self.prefix)
    }
}

impl Instance {
    /// As it is usually written.
    pub fn number(number: u32) -> Self {
        Self(number.to_string())
    }

    /// Its place among 1, 2, 3 ... `None`: it is 0, or not written as usual.
    pub fn place(&self) -> Option<u32> {
        let number: u32 = self.0.parse().ok()?;
        (number > 0 && number.to_string() == self.0).then_some(number)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for Instance {
    fn cmp(&self, other: &Self) -> Ordering {
        let digits = |instance: &Self| {
            let digits = instance.0.trim_start_matches('0');
            (digits.len(), digits.to_owned(), instance.0.len())
        };
        digits(self).cmp(&digits(other))
    }
}

impl PartialOrd for Instance {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl TryFrom<String> for Template {
    type Error = BadName;

    fn try_from(name: String) -> Result<Self, BadName> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:\\".contains(c);
        match name.strip_suffix("@.service") {
            Some(prefix) if (1..=LONGEST_PREFIX).contains(&prefix.len()) && prefix.chars().all(allowed) => {
                Ok(Self { prefix: prefix.to_owned() })
            }
            _ => Err(BadName::Template(name)),
        }
    }
}

impl TryFrom<String> for Instance {
    type Error = BadName;

    fn try_from(number: String) -> Result<Self, BadName> {
        let is_number = (1..=10).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Ok(Self(number)) } else { Err(BadName::Instance(number)) }
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

impl From<Instance> for String {
    fn from(instance: Instance) -> Self {
        instance.0
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@.service", self.prefix)
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drakrun() -> Template {
        Template::try_from("drakrun@.service".to_owned()).unwrap()
    }

    #[test]
    fn only_numbered_instances_of_the_template_are_its_own() {
        let of = |unit: &str| drakrun().instance_of(unit).map(String::from);
        assert_eq!(of("drakrun@3.service").as_deref(), Some("3"));
        assert_eq!(of("drakrun@01.service").as_deref(), Some("01"));
        for other in
            ["drakrun@x.service", "drakrun@3.service.bak", "drakrun.service", "drakrun@.service", "drak@3.service"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn ordered_as_numbers() {
        let mut all: Vec<Instance> =
            ["10", "9", "01", "1", "0"].map(|n| Instance::try_from(n.to_owned()).unwrap()).into();
        all.sort();
        assert_eq!(all.iter().map(Instance::as_str).collect::<Vec<_>>(), ["0", "1", "01", "9", "10"]);
        assert_eq!(all.iter().filter_map(Instance::place).collect::<Vec<_>>(), [1, 9, 10]);
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for name in
            ["drakrun.service", "drakrun@1.service", "@.service", "dr/akrun@.service", "drakrun@.timer", "a b@.service"]
        {
            assert!(Template::try_from(name.to_owned()).is_err(), "{name}");
        }
    }
}

//! The config, as it is written, and what is wrong with one that could be read.

use serde::Deserialize;
use trimtab_policy_sdk::config::issue;
use trimtab_policy_sdk::prelude::*;

use crate::names::Names;
use trimtab_policy_sdk::Rounding;

/// Config of `builtin:ratio`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// What is divided: an indicator of the target, or a list of them that are added up.
    pub indicator: Names,
    /// How many of that are one replica; above zero, not always whole.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub per: f64,
    /// What becomes of a part of a replica: `ceil`, `nearest` or `truncate`.
    #[serde(default)]
    pub rounding: Rounding,
    /// Never fewer than this, even if there is nothing to divide; 1 if left out.
    #[serde(default = "one")]
    pub min: u32,
}

fn one() -> u32 {
    1
}

impl Config {
    /// All issues, in the order of the config.
    pub fn issues(&self) -> Vec<Issue> {
        let Self { indicator: Names(names), per, .. } = self;
        let mut issues = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() {
                issues.push(issue("/indicator", "expected the name of an indicator, got an empty text"));
            } else if names[..index].contains(name) {
                issues.push(issue(
                    format!("/indicator/{index}"),
                    format!("{name:?} is named twice, and would count twice"),
                ));
            }
        }
        if *per <= 0.0 {
            issues.push(issue("/per", format!("expected a number above 0, for example 3; got {per}")));
        }
        issues
    }
}

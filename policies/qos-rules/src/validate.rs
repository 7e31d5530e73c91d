//! What is wrong with a config that could be read; all of it at once.

use trimtab_policy_sdk::config::issue;
use trimtab_policy_sdk::prelude::*;

use crate::config::{Config, Rule, Side};
use crate::metric::FunctionName;
use crate::overlap;
use crate::reason::spelled;
use crate::threshold::Threshold;

/// More at once is a slip of the pen.
const MOST_AT_ONCE: u32 = 10_000;

/// All issues, in the order of the config.
pub fn issues(config: &Config) -> Vec<Issue> {
    if config.rules.is_empty() {
        return vec![issue("/rules", "expected at least one rule")];
    }
    let rules = config.rules.iter().enumerate();
    rules.flat_map(|(index, rule)| of_rule(&format!("/rules/{index}"), rule)).collect()
}

fn of_rule(at: &str, rule: &Rule) -> Vec<Issue> {
    let mut issues = Vec::new();
    if rule.indicator().is_empty() {
        issues.push(issue(at, "expected an indicator (what is measured) or a metric"));
    }
    if rule.add.is_none() && rule.remove.is_none() {
        issues.push(issue(at, "expected add, remove, or both"));
    }
    issues.extend(of_function(at, rule));
    issues.extend(of_metric(at, rule));
    issues.extend(rule.sides().flat_map(|(key, side)| of_side(&format!("{at}/{key}"), side)));
    issues.extend(of_both(at, rule));
    issues
}

fn of_function(at: &str, rule: &Rule) -> Option<Issue> {
    let quantile = format!("{at}/quantile");
    match (rule.function_name(), rule.quantile) {
        (None, _) => Some(issue(at, "expected a function: count, sum, average, min, max, last, rate or quantile")),
        (Some(FunctionName::Quantile), None) => {
            Some(issue(quantile, "the function quantile needs one, for example 0.95"))
        }
        (Some(FunctionName::Quantile), Some(part)) if !(0.0..=1.0).contains(&part) => {
            Some(issue(quantile, format!("expected 0 to 1, for example 0.95; got {part}")))
        }
        (Some(FunctionName::Quantile), Some(_)) | (Some(_), None) => None,
        (Some(_), Some(_)) => Some(issue(quantile, "only for the function quantile")),
    }
}

/// The compatibility constraints: a known metric goes with one activity and one function.
fn of_metric(at: &str, rule: &Rule) -> Vec<Issue> {
    let (Some(metric), Some(constraint)) = (rule.metric().name(), rule.metric().constraint()) else { return vec![] };
    let mut issues = Vec::new();
    if rule.activity != constraint.activity {
        let (wanted, got) = (spelled(constraint.activity), spelled(rule.activity));
        issues.push(issue(
            format!("{at}/activity"),
            format!("{metric} goes with {wanted}, not {got}; an indicator of your own: \"metric\": \"custom\""),
        ));
    }
    if let Some(function) = rule.function.filter(|&function| function != constraint.function) {
        let (wanted, got) = (spelled(constraint.function), spelled(function));
        issues.push(issue(
            format!("{at}/function"),
            format!("{metric} goes with {wanted}, not {got}; an indicator of your own: \"metric\": \"custom\""),
        ));
    }
    for (key, side) in rule.sides() {
        let named = matches!(side.threshold, Threshold::AvailableDurationPerHour | Threshold::ClientInstances);
        if named && Some(side.threshold) != constraint.computed {
            let message = format!("{metric} cannot be compared with {}", side.threshold);
            issues.push(issue(format!("{at}/{key}/threshold"), message));
        }
    }
    issues
}

fn of_side(at: &str, side: &Side) -> Vec<Issue> {
    let mut issues = Vec::new();
    if side.consecutive == 0 {
        issues.push(issue(format!("{at}/consecutive"), "expected at least 1"));
    }
    if !(1..=MOST_AT_ONCE).contains(&side.count) {
        issues.push(issue(format!("{at}/count"), format!("expected 1 to {MOST_AT_ONCE}; got {}", side.count)));
    }
    issues
}

/// Between the thresholds there must be a zone without action, else the target swings for ever.
fn of_both(at: &str, rule: &Rule) -> Option<Issue> {
    let (add, remove) = (rule.add.as_ref()?, rule.remove.as_ref()?);
    let value = overlap::value(add, remove)?;
    Some(issue(
        at,
        format!("add and remove both hold at {value}, so the target would swing: add {add}, remove {remove}"),
    ))
}

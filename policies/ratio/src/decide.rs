//! From the sum to a verdict.

use std::cmp::Ordering;

use trimtab_policy_sdk::prelude::*;

use crate::config::Config;
use crate::measure::{Measured, short};

/// Steers to the wanted size within the bounds. A sum that may be too low is enough to add, and too little to remove.
pub fn verdict(config: &Config, seen: &Observation, measured: &Measured) -> Verdict {
    let quotient = measured.sum / config.per;
    let rounded = config.rounding.apply(quotient);
    let wanted = rounded.max(config.min);
    let why = format!("{} {}", measured.words, words(config, quotient, rounded));
    let allowed = seen.bounds.clamp(wanted);
    if let Some(name) = measured.partial.as_ref().filter(|_| allowed <= seen.desired) {
        return Verdict::abstain(format!("{why}: but {name} is partial, there may be more"));
    }
    let limit = match allowed.cmp(&wanted) {
        Ordering::Less => format!(", but {allowed} is the most allowed"),
        Ordering::Greater => format!(", but {allowed} is the least allowed"),
        Ordering::Equal => String::new(),
    };
    let change = match allowed.cmp(&seen.desired) {
        Ordering::Less => format!("remove {}", seen.desired - allowed),
        Ordering::Greater => format!("add {}", allowed - seen.desired),
        Ordering::Equal => format!("keep {allowed}"),
    };
    Verdict::resize(seen, allowed, format!("{why}{limit}: {change}"))
}

/// `/ 3 = 3.33, ceil 4`, or `/ 3 = 0, at least 1`.
fn words(config: &Config, quotient: f64, rounded: u32) -> String {
    let Config { per, rounding, min, .. } = config;
    let quotient = short(quotient);
    let rounded_to =
        if quotient == f64::from(rounded) { String::new() } else { format!(", {} {rounded}", rounding.name()) };
    let floor = if rounded < *min { format!(", at least {min}") } else { String::new() };
    format!("/ {per} = {quotient}{rounded_to}{floor}")
}

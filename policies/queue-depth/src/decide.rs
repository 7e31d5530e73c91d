//! From a size to a verdict.

use std::cmp::Ordering;

use trimtab_policy_sdk::prelude::*;

use crate::busy;
use crate::config::Config;
use crate::demand::Demand;
use crate::size::{Size, size};

/// Steers to the wanted size within the bounds.
pub fn verdict(config: &Config, seen: &Observation, demand: &Demand) -> Verdict {
    let Size { wanted, why } = size(config, seen, demand);
    let allowed = seen.bounds.clamp(wanted);
    let why = format!("{why}{}", limit(allowed, wanted));
    let verdict = match (allowed.cmp(&seen.desired), &demand.doubt) {
        (Ordering::Greater, _) => add(config, seen, allowed - seen.desired, &why),
        (Ordering::Less | Ordering::Equal, Some(doubt)) => Verdict::abstain(format!("{why}: but {doubt}")),
        (Ordering::Less, None) => remove(config, seen, seen.desired - allowed, &why),
        (Ordering::Equal, None) => Verdict::hold(format!("{why}: keep {allowed}")),
    };
    let verdict = verdict.signal("backlog", demand.jobs).signal("wanted", f64::from(wanted));
    match demand.oldest {
        Some(seconds) => verdict.signal("oldest_seconds", seconds),
        None => verdict,
    }
}

fn limit(allowed: u32, wanted: u32) -> String {
    match allowed.cmp(&wanted) {
        Ordering::Less => format!(", but {allowed} is the most allowed"),
        Ordering::Greater => format!(", but {allowed} is the least allowed"),
        Ordering::Equal => String::new(),
    }
}

fn add(config: &Config, seen: &Observation, count: u32, why: &str) -> Verdict {
    let placed = placement::place(seen, count, config.placement);
    let (found, shortfall) = (placed.count(), placed.shortfall);
    let change = match (found, shortfall) {
        (0, _) => format!("would add {count}, but no agent has room"),
        (_, 0) => format!("add {count}"),
        _ => format!("add {found} of {count}, no agent has room for {shortfall} more"),
    };
    Verdict::add(placed.placements, format!("{why}: {change}")).shortfall(shortfall)
}

fn remove(config: &Config, seen: &Observation, count: u32, why: &str) -> Verdict {
    let removals = if config.keep_busy { busy::idle(seen, count) } else { removal::from_least_loaded(seen, count) };
    let found: u32 = removals.iter().map(Removal::count).sum();
    let change = match found {
        0 => format!("would remove {count}, but none that may go is idle"),
        _ if found < count => format!("remove {found} of {count}, the others are not idle"),
        _ => format!("remove {count}"),
    };
    Verdict::remove(removals, format!("{why}: {change}"))
}

//! From a size to a verdict.

use std::cmp::Ordering;

use trimtab_policy_sdk::prelude::*;

/// Steers to `wanted` within the bounds, and says in the reason what comes of it.
pub fn steer(seen: &Observation, wanted: u32, why: &str) -> Verdict {
    let allowed = seen.bounds.clamp(wanted);
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

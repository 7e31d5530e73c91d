//! How many replicas that takes.

use trimtab_policy_sdk::prelude::*;
use trimtab_policy_sdk::{Outcome, ReplicaState};

use crate::config::Config;
use crate::demand::{Demand, short};

/// A size and where it comes from.
pub struct Size {
    /// How many replicas.
    pub wanted: u32,
    /// In words.
    pub why: String,
}

/// By the number of jobs, and more if one of them waits for too long.
pub fn size(config: &Config, seen: &Observation, demand: &Demand) -> Size {
    let Size { wanted, why } = by_number(config, seen, demand);
    match by_age(config, seen, demand) {
        Some(by_age) => Size { wanted: wanted.max(by_age.wanted), why: format!("{why}; {}", by_age.why) },
        None => Size { wanted, why },
    }
}

fn by_number(config: &Config, seen: &Observation, demand: &Demand) -> Size {
    let Config { per_replica, activation, rounding, tolerance, .. } = config;
    let words = &demand.words;
    if seen.desired == 0 && demand.waiting <= *activation {
        let why = if *activation > 0.0 { format!(", activation is above {activation}") } else { String::new() };
        return Size { wanted: 0, why: format!("{words}{why}") };
    }
    let replicas = demand.jobs / per_replica;
    let ratio = replicas / f64::from(seen.desired);
    if *tolerance > 0.0 && (1.0 - tolerance..=1.0 + tolerance).contains(&ratio) {
        let percent = short(tolerance * 100.0);
        let wanted = seen.desired;
        return Size {
            wanted,
            why: format!("{words} / {per_replica} = {}, within {percent} % of {wanted}", short(replicas)),
        };
    }
    let rounded = rounding.apply(replicas);
    // While there is a job there is someone to do it, whatever the rounding says.
    let wanted = if demand.jobs > 0.0 { rounded.max(1) } else { rounded };
    let quotient = short(replicas);
    let words = format!("{words} / {per_replica} = {quotient}");
    let why = match (quotient == f64::from(rounded), wanted == rounded) {
        (true, true) => words,
        (false, true) => format!("{words}, {} {rounded}", rounding.name()),
        (_, false) => format!("{words}, at least 1"),
    };
    Size { wanted, why }
}

/// While a job waits for too long, none is removed, and at each planned evaluation some are added, until those that
/// were asked for are there.
fn by_age(config: &Config, seen: &Observation, demand: &Demand) -> Option<Size> {
    let (oldest, most) = (demand.oldest?, f64::from(config.max_age?.0) / 1000.0);
    if oldest <= most {
        return None;
    }
    let why = format!("the oldest has waited {} s, more than {most} s", short(oldest));
    let wanted = seen.desired.saturating_add(config.max_age_add);
    Some(if !seen.due {
        Size { wanted: seen.desired, why: format!("{why}, more at the next planned evaluation") }
    } else if are_coming(seen) {
        Size { wanted: seen.desired, why: format!("{why}, but more are on their way") }
    } else {
        Size { wanted, why: format!("{why}: {} more", config.max_age_add) }
    })
}

fn are_coming(seen: &Observation) -> bool {
    let is_starting = seen.replicas.iter().any(|replica| replica.state == ReplicaState::Starting);
    is_starting || seen.history.iter().any(|action| action.outcome == Outcome::Pending && action.delta > 0)
}

//! Words for people.

use trimtab_policy_sdk::prelude::*;

use crate::config::{Config, Technique};
use crate::step::Step;

/// `mass.load 10: 10 * 0.3 + 3 * 0.7 = 5.1, rounded to 5: add 2; 3 to 5.1 is a big change, so again in 10 s`.
pub fn of(config: &Config, observation: &Observation, step: &Step, wanted: u32) -> String {
    let (indicator, load) = (&config.indicator, short(step.load));
    let formula = formula(config, step);
    let (size, action) = (size(config, step, wanted), action(observation.desired, wanted));
    format!("{indicator} {load}: {formula}{size}: {action}; {}", pace(config, step))
}

/// `10 * 0.3 + 3 * 0.7 = 5.1` or `60 / 15 = 4`.
fn formula(config: &Config, step: &Step) -> String {
    let (load, old, average) = (short(step.load), short(step.old), short(step.average));
    match (config.technique, &step.memory.history) {
        (Technique::Moving, Some(history)) => format!("{} / {} = {average}", short(history.sum()), history.len()),
        _ => format!("{load} * {} + {old} * {} = {average}", config.weight, short(1.0 - config.weight)),
    }
}

/// What bounds and rounding made of it.
fn size(config: &Config, step: &Step, wanted: u32) -> String {
    if step.average < step.demand {
        format!(", at least {wanted}")
    } else if step.average > step.demand {
        format!(", at most {wanted}")
    } else if f64::from(wanted) == step.demand {
        String::new()
    } else {
        format!(", {} {wanted}", config.rounding.words())
    }
}

fn action(desired: u32, wanted: u32) -> String {
    match i64::from(wanted) - i64::from(desired) {
        0 => "hold".to_owned(),
        more @ 1.. => format!("add {more}"),
        fewer => format!("remove {}", -fewer),
    }
}

fn pace(config: &Config, step: &Step) -> String {
    if step.is_big_change(config.delta_threshold) {
        let (old, demand) = (short(step.old), short(step.demand));
        return format!("{old} to {demand} is a big change, so again in {}", config.min_interval);
    }
    format!("again in {}", config.max_interval)
}

/// Six decimals are enough for people, unless they would hide why 9.999999999999996 is truncated to 9.
fn short(number: f64) -> f64 {
    let rounded = (number * 1e6).round() / 1e6;
    let hides = rounded.fract() == 0.0 && number.fract() != 0.0;
    if rounded.is_finite() && !hides { rounded } else { number }
}

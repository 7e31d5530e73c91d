//! Words for people.

use std::fmt;

use trimtab_policy_sdk::prelude::*;

use crate::judge::{Judged, Measured, Met};

/// What each rule saw, in one line: `waiting count 12: 14 > 20 and 11.4 < 10 are not met`.
pub fn of_all(judged: &[Judged<'_>]) -> String {
    judged.iter().map(of_rule).collect::<Vec<_>>().join("; ")
}

fn of_rule(judged: &Judged<'_>) -> String {
    let label = judged.rule.label();
    let measured = match &judged.measured {
        Err(missing) => return format!("{label}: {missing}, so the rule counts anew"),
        Ok(measured) => measured,
    };
    let sides: Vec<_> = [("add", &measured.add), ("remove", &measured.remove)]
        .into_iter()
        .filter_map(|(verb, met)| Some(of_side(verb, judged, measured, met.as_ref()?)))
        .collect();
    let partial = if measured.is_partial { " (partial: no removal)" } else { "" };
    format!("{}{partial}: {}", subject(judged, measured), sides.join(", "))
}

fn of_side(verb: &str, _: &Judged<'_>, measured: &Measured<'_>, met: &Met<'_>) -> String {
    let formula = formula(measured, met);
    if met.now {
        format!("{verb} {formula} met {} of {}", met.streak.0, met.side.consecutive)
    } else {
        format!("{verb} {formula} not met")
    }
}

/// The rule that made the request: `waiting count 19 + 2 = 21 > 20, met 4 of 4`.
pub fn of_request(judged: &Judged<'_>, measured: &Measured<'_>, met: &Met<'_>) -> String {
    let name = judged.rule.label();
    let function = judged.rule.function();
    let formula = formula(measured, met);
    format!("{name} {} {formula}, met {} of {}", function.name(), met.streak.0, met.side.consecutive)
}

fn subject(judged: &Judged<'_>, measured: &Measured<'_>) -> String {
    format!("{} {} {}", judged.rule.label(), judged.rule.function().name(), short(measured.value))
}

/// `19 + 2 = 21 > 20`.
fn formula(measured: &Measured<'_>, met: &Met<'_>) -> String {
    let (operator, threshold) = (met.side.operator.symbol(), short(met.threshold));
    if met.side.margin.is_none() {
        return format!("{} {operator} {threshold}", short(met.compared));
    }
    format!("{} {} = {} {operator} {threshold}", short(measured.value), met.side.margin, short(met.compared))
}

/// Nine digits are enough for people; 0.1 + 0.2 is 0.3 to them.
fn short(number: f64) -> f64 {
    let digits = 8 - number.abs().max(f64::MIN_POSITIVE).log10().floor() as i32;
    let scale = 10f64.powi(digits.clamp(-300, 300));
    let rounded = (number * scale).round() / scale;
    if rounded.is_finite() { rounded } else { number }
}

/// `GreaterThan` as the config spells it: `greater-than`.
pub fn spelled(variant: impl fmt::Debug) -> String {
    let mut text = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

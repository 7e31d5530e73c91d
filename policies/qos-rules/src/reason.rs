//! Words for people.

use std::fmt;

use trimtab_policy_sdk::prelude::*;

use crate::judge::{Judged, Measured, Met};

/// What each rule saw, in one line: `waiting count 15: neither 17 > 20 nor 14.25 < 10`.
pub fn of_all(judged: &[Judged<'_>]) -> String {
    judged.iter().map(of_rule).collect::<Vec<_>>().join("; ")
}

fn of_rule(judged: &Judged<'_>) -> String {
    let label = judged.rule.label();
    let measured = match &judged.measured {
        Err(missing) => return format!("{label}: {missing}, so the rule counts anew"),
        Ok(measured) => measured,
    };
    let function = judged.rule.function();
    let partial = if measured.is_partial { " (partial, so no removal)" } else { "" };
    format!("{label} {} {}{partial}: {}", function.name(), short(measured.value), of_sides(measured))
}

fn of_sides(measured: &Measured<'_>) -> String {
    let sides = [("add", &measured.add), ("remove", &measured.remove)];
    let sides = || sides.iter().filter_map(|(verb, met)| Some((verb, met.as_ref()?)));
    let on_the_way: Vec<_> =
        sides().filter(|(_, met)| met.now).map(|(verb, met)| of_met(verb, measured, met)).collect();
    let not_met: Vec<_> = sides().filter(|(_, met)| !met.now).map(|(_, met)| comparison(met)).collect();
    match (on_the_way.as_slice(), not_met.as_slice()) {
        ([], [one]) => format!("not {one}"),
        ([], both) => format!("neither {}", both.join(" nor ")),
        (some, _) => some.join(", "),
    }
}

fn of_met(verb: &str, measured: &Measured<'_>, met: &Met<'_>) -> String {
    format!("{} met {} of {} to {verb}", formula(measured, met), met.streak.0, met.side.consecutive)
}

/// The rule that made the request: `waiting count 19 + 2 = 21 > 20, met 4 of 4`.
pub fn of_request(judged: &Judged<'_>, measured: &Measured<'_>, met: &Met<'_>) -> String {
    let name = judged.rule.label();
    let function = judged.rule.function();
    let formula = formula(measured, met);
    format!("{name} {} {formula}, met {} of {}", function.name(), met.streak.0, met.side.consecutive)
}

/// `19 + 2 = 21 > 20`.
fn formula(measured: &Measured<'_>, met: &Met<'_>) -> String {
    if met.side.margin.is_none() {
        return comparison(met);
    }
    format!("{} {} = {}", short(measured.value), met.side.margin, comparison(met))
}

/// `21 > 20`.
fn comparison(met: &Met<'_>) -> String {
    format!("{} {} {}", short(met.compared), met.side.operator.symbol(), short(met.threshold))
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

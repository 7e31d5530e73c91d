//! What there is of the other targets.

use trimtab_policy_sdk::prelude::*;

use crate::config::Config;

/// The sum of the indicators.
pub struct Measured {
    /// How many there are.
    pub sum: f64,
    /// In words, for what follows: `drakrun-a 6 + drakrun-b 4 = 10: 10`, of one just `drakrun 10`.
    pub words: String,
    /// The one of which some part did not answer: the sum may be too low.
    pub partial: Option<String>,
}

/// Adds up all indicators; one that is missing is not zero, so then there is no sum.
pub fn measure(config: &Config, seen: &Observation) -> Result<Measured, String> {
    let names = &config.indicator.0;
    let numbers = names.iter().map(|name| number(name, seen)).collect::<Result<Vec<_>, _>>()?;
    let sum: f64 = numbers.iter().sum();
    let parts: Vec<_> = names.iter().zip(&numbers).map(|(name, number)| format!("{name} {}", short(*number))).collect();
    let total = if parts.len() > 1 { format!(" = {0}: {0}", short(sum)) } else { String::new() };
    let partial = names.iter().find(|name| seen.indicator(name).is_partial()).cloned();
    Ok(Measured { sum, words: format!("{}{total}", parts.join(" + ")), partial })
}

fn number(name: &str, seen: &Observation) -> Result<f64, String> {
    match Function::Count.synthesize(&seen.indicator(name)) {
        Ok(number) if number < 0.0 => Err(format!("{name} is {}, and nothing is less than none", short(number))),
        // The sum of no jobs is a negative zero to Rust.
        Ok(number) => Ok(number + 0.0),
        Err(missing) => Err(format!("{name}: {missing}, so the size it asks for is not known")),
    }
}

/// Two decimals are enough for people.
pub fn short(number: f64) -> f64 {
    let rounded = (number * 100.0).round() / 100.0;
    if rounded.is_finite() { rounded } else { number }
}

//! Each rule on its own: what was measured, and how its streaks go on.

use trimtab_policy_sdk::prelude::*;

use crate::config::{Config, Rule, Side};
use crate::streaks::{Pair, Streaks};

/// A rule after one planned evaluation.
pub struct Judged<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What it measured, or why it could not: then both streaks are over.
    pub measured: Result<Measured<'a>, Missing>,
}

/// What a rule measured.
pub struct Measured<'a> {
    /// The synthesized value.
    pub value: f64,
    /// Some parts did not answer.
    pub is_partial: bool,
    /// Its addition.
    pub add: Option<Met<'a>>,
    /// Its removal. Never met by a partial value, which may be too low.
    pub remove: Option<Met<'a>>,
}

/// One half of a rule after the comparison.
pub struct Met<'a> {
    /// The half.
    pub side: &'a Side,
    /// The measured value altered by the margin.
    pub compared: f64,
    /// What it was compared with.
    pub threshold: f64,
    /// Whether it is met now.
    pub now: bool,
    /// How often in a row, this evaluation included.
    pub streak: Streak,
}

impl Met<'_> {
    /// Met often enough in a row.
    pub fn is_complete(&self) -> bool {
        self.streak.is_complete(self.side.consecutive)
    }
}

impl Judged<'_> {
    /// The streaks to remember if nothing is asked for.
    pub fn streaks(&self) -> Pair {
        let streak = |met: &Option<Met<'_>>| met.as_ref().map_or_else(Streak::default, |met| met.streak);
        let pair = |measured: &Measured<'_>| Pair { add: streak(&measured.add), remove: streak(&measured.remove) };
        self.measured.as_ref().map_or_else(|_| Pair::default(), pair)
    }
}

/// All rules, in the order of the config.
pub fn all<'a>(config: &'a Config, observation: &Observation, prior: &Streaks) -> Vec<Judged<'a>> {
    let inputs = config.inputs();
    let judge = |rule| Judged { rule, measured: measure(rule, observation, &inputs, prior.of(rule)) };
    config.rules.iter().map(judge).collect()
}

fn measure<'a>(rule: &'a Rule, seen: &Observation, inputs: &[Input], prior: Pair) -> Result<Measured<'a>, Missing> {
    let indicator = look(rule, seen, inputs);
    let value = rule.function().synthesize(&indicator)?;
    let is_partial = indicator.is_partial();
    let meet = |side: &'a Side, streak: Streak, allowed: bool| {
        let (compared, threshold) = (side.margin.apply(value), side.threshold.at(seen));
        let now = allowed && side.operator.holds(compared, threshold);
        Met { side, compared, threshold, now, streak: streak.then(now, side.consecutive) }
    };
    let add = rule.add.as_ref().map(|side| meet(side, prior.add, true));
    let remove = rule.remove.as_ref().map(|side| meet(side, prior.remove, !is_partial));
    Ok(Measured { value, is_partial, add, remove })
}

/// The rule's own part of a series that may reach further back for the sake of another rule.
fn look<'a>(rule: &Rule, seen: &'a Observation, inputs: &[Input]) -> Indicator<'a> {
    let indicator = seen.indicator(rule.indicator()).about(rule.subject());
    let asked = inputs.iter().find(|input| input.name == rule.indicator() && input.subject == rule.subject());
    let reaches_further = asked.is_some_and(|input| input.window > rule.window());
    if reaches_further { indicator.within(rule.window()) } else { indicator }
}

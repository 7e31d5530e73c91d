//! A fixed number of replicas, or one by the calendar.
//!
//! The first entry of the schedule that is open says the number; while none is, `count` does. README.md beside this
//! has the rules, the table and an example.

#![cfg_attr(test, expect(clippy::expect_used, reason = "a test may panic"))]

mod calendar;
mod choose;
mod clock;
mod config;
mod days;
mod steer;
mod time_of_day;
mod validate;

#[cfg(test)]
mod tests;

use trimtab_policy_sdk::prelude::*;

use choose::Choice;
use config::Config;

struct FixedCount;

impl Policy for FixedCount {
    type Config = Config;
    type State = ();
    const NAME: &'static str = "trimtab/fixed-count";

    fn inputs(config: &Config) -> Vec<Input> {
        config.zones().into_iter().filter_map(clock::input).collect()
    }

    fn validate(config: &Config) -> Vec<Issue> {
        validate::issues(config)
    }

    /// Nothing is counted or averaged, so an early wake is as good as a planned one.
    fn evaluate(config: &Config, observation: &Observation, _: Option<()>) -> Answer {
        let verdict = match choose::choose(config, observation) {
            Choice::Size { count, why } => with_clocks(steer::steer(observation, count, &why), config, observation),
            Choice::Nothing { why } => Verdict::abstain(why),
        };
        Ok(match calendar::next_boundary(config, observation) {
            Some(milliseconds) if milliseconds < observation.interval => verdict.again_in(milliseconds),
            Some(_) | None => verdict,
        })
    }
}

/// What the clocks showed when the size was changed. Not in a hold: there the reason stays the same from tick to tick,
/// so the journal keeps it once.
fn with_clocks(verdict: Verdict, config: &Config, observation: &Observation) -> Verdict {
    let clocks = choose::clocks(config, observation);
    if clocks.is_empty() || matches!(verdict.decision, Decision::Hold(_)) {
        return verdict;
    }
    Verdict { reason: format!("{} at {clocks}", verdict.reason), ..verdict }
}

trimtab_policy_sdk::export_policy!(FixedCount);

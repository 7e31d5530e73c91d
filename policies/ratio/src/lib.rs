//! One replica for every so many of another target.
//!
//! `wanted = max(min, round(sum of the indicators / per))`. README.md beside this has the table and an example.

#![cfg_attr(test, expect(clippy::expect_used, reason = "a test may panic"))]

mod config;
mod decide;
mod measure;
mod names;

#[cfg(test)]
mod tests;

use trimtab_policy_sdk::prelude::*;

use config::Config;

struct Ratio;

impl Policy for Ratio {
    type Config = Config;
    type State = ();
    const NAME: &'static str = "trimtab/ratio";

    fn inputs(config: &Config) -> Vec<Input> {
        config.indicator.0.iter().map(Input::of_target).collect()
    }

    fn validate(config: &Config) -> Vec<Issue> {
        config.issues()
    }

    /// Nothing is counted or averaged, so an early wake is as good as a planned one.
    fn evaluate(config: &Config, observation: &Observation, _: Option<()>) -> Answer {
        Ok(match measure::measure(config, observation) {
            Ok(measured) => decide::verdict(config, observation, &measured),
            Err(why) => Verdict::abstain(why),
        })
    }
}

trimtab_policy_sdk::export_policy!(Ratio);

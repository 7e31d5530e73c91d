//! QoS rules: add and remove workers when an indicator crosses its thresholds.
//!
//! Each rule measures one indicator and compares it twice, once for adding and once for removing. A comparison that
//! was met often enough in a row is a request. README.md beside this has the formula, the table and an example.

#![cfg_attr(test, expect(clippy::expect_used, reason = "a test may panic"))]

mod config;
mod decide;
mod judge;
mod metric;
mod overlap;
mod reason;
mod streaks;
mod threshold;
mod validate;

#[cfg(test)]
mod tests;

use trimtab_policy_sdk::prelude::*;

use config::Config;
use streaks::Streaks;

struct QosRules;

impl Policy for QosRules {
    type Config = Config;
    type State = Streaks;
    const NAME: &'static str = "trimtab/qos-rules";

    fn inputs(config: &Config) -> Vec<Input> {
        config.inputs()
    }

    fn validate(config: &Config) -> Vec<Issue> {
        validate::issues(config)
    }

    fn evaluate(config: &Config, observation: &Observation, prior: Option<Streaks>) -> Answer<Streaks> {
        if !observation.due {
            return Ok(Verdict::abstain("woken before its time: rules count planned evaluations only"));
        }
        let judged = judge::all(config, observation, &prior.unwrap_or_default());
        Ok(decide::verdict(config, observation, &judged))
    }
}

trimtab_policy_sdk::export_policy!(QosRules);

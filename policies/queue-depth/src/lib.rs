//! As many replicas as the backlog needs, down to zero.
//!
//! `wanted = round((waiting + running) / per-replica)`, more if a job waits for too long. README.md beside this has
//! the formula in full, the table and an example.

#![cfg_attr(test, expect(clippy::expect_used, reason = "a test may panic"))]

mod busy;
mod config;
mod decide;
mod demand;
mod oldest;
mod running;
mod size;
mod validate;

#[cfg(test)]
mod tests;

use trimtab_policy_sdk::prelude::*;

use config::Config;

struct QueueDepth;

impl Policy for QueueDepth {
    type Config = Config;
    type State = ();
    const NAME: &'static str = "trimtab/queue-depth";
    const SIGNALS: &'static [&'static str] = &["backlog", "oldest_seconds", "wanted"];

    fn inputs(config: &Config) -> Vec<Input> {
        config.inputs()
    }

    fn validate(config: &Config) -> Vec<Issue> {
        validate::issues(config)
    }

    /// The size follows from what is seen now, so an early wake is as good as a planned one; only what a job's age
    /// adds is added at planned evaluations alone.
    fn evaluate(config: &Config, observation: &Observation, _: Option<()>) -> Answer {
        Ok(match demand::measure(config, observation) {
            Ok(demand) => decide::verdict(config, observation, &demand),
            Err(why) => Verdict::abstain(why),
        })
    }
}

trimtab_policy_sdk::export_policy!(QueueDepth);

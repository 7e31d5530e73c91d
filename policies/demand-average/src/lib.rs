//! Demand average: as many replicas as jobs there are, averaged over an adjustable period.
//!
//! The algorithm of the MASS autoscaler: a moving or an exponential moving average of the load, put into the bounds,
//! and the next evaluation sooner after a big change. README.md beside this has the formula, the table and an example.

#![cfg_attr(test, expect(clippy::expect_used, reason = "a test may panic"))]

mod config;
mod memory;
mod reason;
mod rounding;
mod step;
mod validate;

#[cfg(test)]
mod tests;

use trimtab_policy_sdk::prelude::*;

use config::Config;
use memory::Memory;
use step::Step;

struct DemandAverage;

impl Policy for DemandAverage {
    type Config = Config;
    type State = Memory;
    const NAME: &'static str = "trimtab/demand-average";
    const SIGNALS: &'static [&'static str] = &["load", "demand"];

    fn inputs(config: &Config) -> Vec<Input> {
        vec![Input::of_target(&config.indicator)]
    }

    fn validate(config: &Config) -> Vec<Issue> {
        validate::issues(config)
    }

    fn evaluate(config: &Config, observation: &Observation, prior: Option<Memory>) -> Answer<Memory> {
        // Without a wish for another time: the planned one stands.
        if !observation.due {
            return Ok(Verdict::abstain("woken before its time: the average takes planned evaluations only"));
        }
        let indicator = observation.indicator(&config.indicator).about(SubjectKind::Target);
        let load = match Function::Count.synthesize(&indicator) {
            Ok(load) => load,
            Err(missing) => return Ok(not_counted(config, &missing.to_string())),
        };
        let step = Step::take(config, observation.bounds, prior, load);
        if indicator.is_partial() && might_shrink(config, observation, &step) {
            return Ok(not_counted(config, &format!("{load} and perhaps more, since not all parts answered")));
        }
        Ok(verdict(config, observation, step))
    }
}

/// No opinion and nothing learnt; look again soon.
fn not_counted(config: &Config, why: &str) -> Verdict<Memory> {
    let reason = format!("{}: {why}; the demand stays as it was", config.indicator);
    Verdict::abstain(reason).again_in(config.min_interval.0)
}

/// Whether a load that may be too low would take anything away, now or by what is remembered of it.
fn might_shrink(config: &Config, observation: &Observation, step: &Step) -> bool {
    step.load < step.old || step.demand < step.old || config.rounding.apply(step.demand) < observation.desired
}

/// Asks for the demanded size each time, changed or not. `Verdict::resize` would put it into the bounds in its own
/// way; the demand lies in them in the original's way.
fn verdict(config: &Config, observation: &Observation, step: Step) -> Verdict<Memory> {
    let (desired, wanted) = (observation.desired, config.rounding.apply(step.demand));
    let reason = reason::of(config, observation, &step, wanted);
    let verdict = match wanted.checked_sub(desired) {
        Some(more) => Verdict::add([Placement::anywhere(more)], reason),
        None => Verdict::remove([Removal::Any(desired - wanted)], reason),
    };
    let again_in = if step.is_big_change(config.delta_threshold) { config.min_interval } else { config.max_interval };
    let verdict = verdict.signal("load", step.load).signal("demand", step.demand);
    verdict.again_in(again_in.0).remember(step.memory)
}

trimtab_policy_sdk::export_policy!(DemandAverage);

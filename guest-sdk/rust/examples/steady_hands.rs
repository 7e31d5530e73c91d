//! A synthesizing function and an operator of one's own, used like the built-in ones.
//!
//! The policy adds a replica when the queue swung by more than about 50 within five minutes, three times in a row.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use trimtab_policy_sdk::prelude::*;

/// How far the values lie apart.
struct Swing;

impl Synthesize for Swing {
    fn name(&self) -> Cow<'_, str> {
        "swing".into()
    }

    fn synthesize(&self, indicator: &Indicator<'_>) -> Result<f64, Missing> {
        Ok(Function::Max.synthesize(indicator)? - Function::Min.synthesize(indicator)?)
    }
}

/// Greater by more than a tenth.
struct ClearlyAbove;

impl Compare for ClearlyAbove {
    fn symbol(&self) -> &'static str {
        ">>"
    }

    fn holds(&self, left: f64, right: f64) -> bool {
        left > right * 1.1
    }
}

#[derive(Default, Deserialize, Serialize)]
struct Seen(u32);

impl StateLayout for Seen {
    const LAYOUT: &'static str = "example.steady-hands/1";
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    indicator: String,
}

struct SteadyHands;

impl Policy for SteadyHands {
    type Config = Config;
    type State = Seen;

    fn inputs(config: &Config) -> Vec<Input> {
        vec![Input::of_target(&config.indicator).reaching(300_000)]
    }

    fn evaluate(config: &Config, observation: &Observation, prior: Option<Seen>) -> Answer<Seen> {
        let measured = match Swing.synthesize(&observation.indicator(&config.indicator)) {
            Ok(measured) => measured,
            Err(missing) => return Ok(Verdict::abstain(format!("{}: {missing}", config.indicator)).forget()),
        };
        let Seen(before) = prior.unwrap_or_default();
        let met = ClearlyAbove.holds(Margin::absolute(5.0).apply(measured), 50.0);
        let streak = if observation.due { Streak(before).then(met, 3) } else { Streak(before) };
        let reason = format!("{} of {measured}, met {} of 3", Swing.name(), streak.0);
        if streak.is_complete(3) {
            let placed = placement::place(observation, 1, Strategy::LeastLoaded);
            return Ok(Verdict::add(placed.placements, reason).shortfall(placed.shortfall).forget());
        }
        Ok(Verdict::hold(reason).remember(Seen(streak.0)))
    }
}

trimtab_policy_sdk::export_policy!(SteadyHands);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// T25 of the behaviour that ThingWorx documents: what is registered by name is used like what is built in.
    #[test]
    fn the_third_wide_swing_in_a_row_adds() {
        let mut policy = Rehearsal::of::<SteadyHands>(r#"{"indicator":"queue"}"#).unwrap();
        let mut decide =
            |values: [f64; 3]| policy.tick(ObservationBuilder::new().series("queue", values)).unwrap().decision;
        let hold = Decision::Hold(Stance::Steady);
        for (values, expected) in [
            ([10.0, 80.0, 20.0], &hold),
            ([10.0, 80.0, 20.0], &hold),
            ([10.0, 60.0, 20.0], &hold), // 55 is above 50, but not clearly
            ([10.0, 80.0, 20.0], &hold),
            ([10.0, 80.0, 20.0], &hold),
            ([10.0, 80.0, 20.0], &Decision::Add(vec![Placement::anywhere(1)])),
        ] {
            assert_eq!(decide(values), *expected, "{values:?}");
        }
    }
}

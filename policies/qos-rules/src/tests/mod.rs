//! Natively, through the same border as in the sandbox.

mod config;
mod conformance;
mod many_rules;
mod missing;
mod place;
mod readme;

use trimtab_policy_sdk::RawVerdict;
use trimtab_policy_sdk::prelude::*;

use crate::QosRules;

/// Rule R, PTC's own example: WaitingJobs/Count; add if + 2 absolute > 20, 4 in a row; reduce if - 5 percent < 10, 5.
const RULE_R: &str = r#"{ "rules": [ {
    "metric": "waiting-jobs", "indicator": "waiting",
    "add": { "margin": "+2", "operator": "greater-than", "threshold": 20, "consecutive": 4 },
    "remove": { "margin": "-5%", "operator": "less-than", "threshold": 10, "consecutive": 5 }
} ] }"#;

fn prepared(config: &str) -> Rehearsal {
    Rehearsal::of::<QosRules>(config).unwrap_or_else(|issues| panic!("{issues:?}"))
}

/// Pointers and messages of what is wrong.
fn issues(config: &str) -> Vec<(String, String)> {
    let issues = Rehearsal::of::<QosRules>(config).expect_err(config);
    issues.into_iter().map(|issue| (issue.pointer, issue.message)).collect()
}

/// Three of at least one replica, and what waits.
fn waiting(value: f64) -> ObservationBuilder {
    ObservationBuilder::new().desired(3).bounds(1, 10).series("waiting", [value])
}

/// `hold`, `add 1`, `remove 1`; `counting` for a hold without an opinion because a half is being met.
fn word(verdict: &RawVerdict) -> String {
    match &verdict.decision {
        Decision::Hold(Stance::Steady) => "hold".to_owned(),
        Decision::Hold(Stance::Abstain) if verdict.reason.contains(" met ") => "counting".to_owned(),
        Decision::Hold(Stance::Abstain) => "abstain".to_owned(),
        Decision::Add(placements) => format!("add {}", placements.iter().map(|p| p.count).sum::<u32>()),
        Decision::Remove(removals) => format!("remove {}", removals.iter().map(Removal::count).sum::<u32>()),
    }
}

fn tick(policy: &mut Rehearsal, seen: ObservationBuilder) -> RawVerdict {
    policy.tick(seen).unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// The words of one evaluation after another of what waits.
/// What is done at each value; a hold is a hold here, with or without an opinion.
fn play(config: &str, values: &[f64]) -> Vec<String> {
    let mut policy = prepared(config);
    let done = |value: &f64| word(&tick(&mut policy, waiting(*value))).replace("counting", "hold");
    values.iter().map(done).collect()
}

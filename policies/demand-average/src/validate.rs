//! What is wrong with a config that could be read; all of it at once.

use trimtab_policy_sdk::config::issue;
use trimtab_policy_sdk::prelude::*;

use crate::config::Config;
use trimtab_policy_sdk::Span;

/// So many loads of any size fit into the 64 KiB that the host keeps of a state.
const LONGEST_WINDOW: u32 = 2000;

/// MASS counts in whole seconds; less is a forgotten unit.
const SHORTEST_INTERVAL: Span = Span(1000);

/// All issues, in the order of the keys.
pub fn issues(config: &Config) -> Vec<Issue> {
    let window = config.window;
    let found = [
        config.indicator.is_empty().then(|| issue("/indicator", "expected the name of an indicator of the target")),
        (!(1..=LONGEST_WINDOW).contains(&window))
            .then(|| issue("/window", format!("expected 1 to {LONGEST_WINDOW} loads; got {window}"))),
        of_weight(config.weight),
        (config.start_demand < 0.0)
            .then(|| issue("/start-demand", format!("expected 0 or more; got {}", config.start_demand))),
        of_threshold(config.delta_threshold),
        of_interval("/min-interval", config.min_interval),
        of_interval("/max-interval", config.max_interval),
    ];
    found.into_iter().flatten().collect()
}

fn of_weight(weight: f64) -> Option<Issue> {
    let fits = weight > 0.0 && weight <= 1.0;
    (!fits).then(|| issue("/weight", format!("expected more than 0 and at most 1, for example 0.3; got {weight}")))
}

fn of_threshold(threshold: f64) -> Option<Issue> {
    let message = || format!("expected 0 (every change is big) to 1 (none is), for example 0.3; got {threshold}");
    (!(0.0..=1.0).contains(&threshold)).then(|| issue("/delta-threshold", message()))
}

fn of_interval(at: &str, interval: Span) -> Option<Issue> {
    let message =
        || format!("expected at least \"1s\"; got {} ms: a number without a unit is milliseconds", interval.0);
    (interval.0 < SHORTEST_INTERVAL.0).then(|| issue(at, message()))
}

//! What is wrong with a config that could be read; all of it at once.

use trimtab_policy_sdk::config::issue;
use trimtab_policy_sdk::prelude::*;

use crate::config::{Config, is_jobs};

/// All issues, in the order of the config.
pub fn issues(config: &Config) -> Vec<Issue> {
    let mut issues = of_names(config);
    issues.extend(of_numbers(config));
    issues.extend(of_running(config));
    issues.extend(of_age(config));
    issues
}

fn of_names(config: &Config) -> Vec<Issue> {
    let Config { indicator, running_indicator, age_indicator, .. } = config;
    let optional = [("/running-indicator", running_indicator), ("/age-indicator", age_indicator)];
    let named = optional.into_iter().filter_map(|(at, name)| Some((at, name.as_ref()?)));
    let mut seen: Vec<&String> = Vec::new();
    let mut issues = Vec::new();
    for (at, name) in [("/indicator", indicator)].into_iter().chain(named) {
        if name.is_empty() {
            issues.push(issue(at, "expected the name of an indicator, got an empty text"));
        } else if seen.contains(&name) {
            issues.push(issue(at, format!("{name:?} has a meaning already: expected another indicator")));
        }
        seen.push(name);
    }
    issues
}

fn of_numbers(config: &Config) -> Vec<Issue> {
    let Config { per_replica, max_age_add, activation, tolerance, .. } = config;
    let checks = [
        (*per_replica > 0.0, "/per-replica", format!("expected a number above 0, for example 10; got {per_replica}")),
        (*max_age_add > 0, "/max-age-add", "expected at least 1".to_owned()),
        (*activation >= 0.0, "/activation", format!("expected 0 or more; got {activation}")),
        (
            (0.0..1.0).contains(tolerance),
            "/tolerance",
            format!("expected 0 to less than 1, 0.1 is 10 %; got {tolerance}"),
        ),
    ];
    checks.into_iter().filter(|(good, ..)| !good).map(|(_, at, message)| issue(at, message)).collect()
}

fn of_running(config: &Config) -> Vec<Issue> {
    let running = config.running_indicator.as_deref();
    let mut issues = Vec::new();
    if running.is_some() && !config.counts_running() {
        let message = "without what runs, the running-indicator has no use: leave out one of the two";
        issues.push(issue("/include-running", message));
    }
    if config.orphan_after.is_some() && !running.is_some_and(|name| is_jobs(name, "jobs.running")) {
        let message = "needs a running-indicator that is or ends in jobs.running, which tells since when each job runs";
        issues.push(issue("/orphan-after", message));
    }
    issues
}

fn of_age(config: &Config) -> Option<Issue> {
    let has_ages = config.age_indicator.is_some() || is_jobs(&config.indicator, "jobs.queued");
    match config.max_age {
        Some(_) if !has_ages => {
            Some(issue("/max-age", "needs an indicator that is or ends in jobs.queued, or an age-indicator in seconds"))
        }
        None if config.age_indicator.is_some() => Some(issue("/age-indicator", "is of use with a max-age only")),
        Some(_) | None => None,
    }
}

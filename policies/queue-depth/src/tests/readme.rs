//! What README.md shows is what the policy does.

use super::*;

const README: &str = include_str!("../../README.md");

/// The JSON blocks: the first is the config of the worked example.
fn configs() -> Vec<&'static str> {
    README.split("```").filter_map(|block| block.strip_prefix("json\n")).collect()
}

#[test]
fn each_config_in_json_is_good() {
    assert_eq!(configs().len(), 2);
    for config in configs() {
        prepared(config);
    }
}

/// Queued, running, seconds that the oldest has waited, replicas before and after.
#[test]
fn the_worked_example_is_true() {
    let table =
        [(0, 0, 0, 0, 0), (1, 0, 4, 0, 1), (9, 1, 60, 1, 5), (40, 5, 120, 5, 8), (1, 4, 640, 3, 4), (0, 1, 0, 5, 1)];
    for (queued, running, oldest, desired, after) in table {
        let jobs = |count, age| (count > 0).then_some((age, f64::from(count)));
        let seen = ObservationBuilder::new()
            .desired(desired)
            .bounds(0, 8)
            .jobs("karton.jobs.queued", jobs(queued, oldest))
            .jobs("karton.jobs.running", jobs(running, 60));
        let verdict = verdict(configs()[0], seen);
        let row = format!("| {queued} | {running} | {oldest} s | {desired} | {after} | `{}` |", verdict.reason);
        assert_eq!(size(desired, &verdict), after, "{row}");
        assert!(README.contains(&row), "{row}");
    }
}

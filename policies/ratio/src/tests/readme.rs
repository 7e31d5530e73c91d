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

#[test]
fn the_worked_example_is_true() {
    for (count, desired, after) in [(1.0, 1, 1), (3.0, 1, 1), (4.0, 1, 2), (9.0, 2, 3), (10.0, 3, 4), (0.0, 4, 1)] {
        let verdict = verdict(configs()[0], drakrun(count).desired(desired));
        let row = format!("| {count} | {desired} | {after} | `{}` |", verdict.reason);
        assert_eq!(size(desired, &verdict), after);
        assert!(README.contains(&row), "{row}");
    }
}

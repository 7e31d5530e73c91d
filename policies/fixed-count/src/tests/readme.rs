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
    let midnight = MONDAY - 2 * HOUR;
    let table =
        [(6 * HOUR + 59 * MINUTE + 50_000, 5), (7 * HOUR, 5), (8 * HOUR, 10), (19 * HOUR, 10), (5 * DAY + 8 * HOUR, 5)];
    for (after, desired) in table {
        let verdict = verdict(configs()[0], in_warsaw(midnight + after).desired(desired));
        assert!(README.contains(&format!("| `{}` |", verdict.reason)), "{}", verdict.reason);
    }
    assert_eq!(verdict(configs()[0], in_warsaw(midnight + 7 * HOUR - 10_000).desired(5)).again_in, Some(10_000));
}

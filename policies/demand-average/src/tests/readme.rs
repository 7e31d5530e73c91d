//! What README.md shows is what the policy does.

use super::*;

const README: &str = include_str!("../../README.md");

fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    README.split("```").filter_map(move |block| block.strip_prefix(language)?.strip_prefix('\n'))
}

#[test]
fn each_config_in_json_is_good() {
    let configs: Vec<_> = blocks("json").collect();
    assert!(!configs.is_empty());
    for config in configs {
        prepared(config);
    }
}

#[test]
fn the_config_in_json_has_every_key_and_its_default() {
    let config = blocks("json").next().expect("a config");
    let (shown, left_out) = (prepared(config), prepared(r#"{ "indicator": "analyses" }"#));
    let sizes = |policy| Service { policy, desired: 3, bounds: (3, 15) }.sizes(&[20.0, 20.0, 0.0]);
    assert_eq!(sizes(shown), sizes(left_out));
    for key in ["technique", "window", "weight", "start-demand", "delta-threshold", "min-interval", "max-interval"] {
        assert!(config.contains(&format!("\"{key}\"")), "{key}");
        assert!(README.contains(&format!("\n| `{key}` |")), "{key}");
    }
}

/// Each row of the worked example: load, replicas and reason are what the policy says.
#[test]
fn the_worked_example_is_true() {
    let mut service = Service::of(r#"{ "indicator": "analyses" }"#);
    let rows: Vec<_> = README.lines().filter(|line| line.contains("`analyses ")).collect();
    assert_eq!(rows.len(), 7);
    for row in rows {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let load = cells[2].parse().expect(row);
        let verdict = service.tick(service.seen().series("analyses", [load]));
        assert_eq!(cells[3], service.desired.to_string(), "{row}");
        assert_eq!(cells[4], format!("`{}`", verdict.reason));
    }
}

//! What README.md shows is what the policy takes.

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
fn the_worked_example_is_true() {
    let config = RULE_R.replace(r#""metric": "waiting-jobs", "#, r#""function": "last", "#);
    let values = [15.0, 19.0, 19.0, 19.0, 19.0, 18.0, 10.0, 10.0, 10.0, 10.0, 10.0];
    let mut policy = prepared(&config);
    let verdicts: Vec<_> = values.map(|value| tick(&mut policy, waiting(value))).into();
    let words: Vec<_> = verdicts.iter().map(word).collect();
    assert_eq!(words[4], "add 1");
    assert_eq!(words[10], "remove 1");
    assert_eq!(words.iter().filter(|word| *word == "hold").count(), 2);
    assert_eq!(words.iter().filter(|word| *word == "counting").count(), 7);
    for verdict in [&verdicts[0], &verdicts[3], &verdicts[4]] {
        assert!(README.contains(&format!("`{}`", verdict.reason)), "{}", verdict.reason);
    }
}

//! What is taken, and what is refused with which words.

use super::*;
use crate::config::{Config, Technique};
use crate::rounding::Rounding;

fn with(fields: &str) -> String {
    format!(r#"{{ "indicator": "load", {fields} }}"#)
}

/// Pointers and messages of what is wrong.
fn issues(config: &str) -> Vec<(String, String)> {
    let issues = Rehearsal::of::<DemandAverage>(config).expect_err(config);
    issues.into_iter().map(|issue| (issue.pointer, issue.message)).collect()
}

#[test]
fn the_defaults_are_what_mass_ships() {
    let config: Config = trimtab_policy_sdk::config::parse(r#"{ "indicator": "load" }"#).expect("a good config");
    assert_eq!((config.technique, config.rounding), (Technique::Exponential, Rounding::Nearest));
    assert_eq!((config.window, config.weight, config.start_demand), (15, 0.3, 3.0));
    assert_eq!((config.delta_threshold, config.min_interval.0, config.max_interval.0), (0.3, 10_000, 30_000));
}

#[test]
fn it_asks_for_the_indicator() {
    let policy = prepared(SHIPPED);
    let [input] = policy.inputs() else { panic!("{:?}", policy.inputs()) };
    assert_eq!((input.name.as_str(), input.subject, input.required), ("load", SubjectKind::Target, false));
}

#[test]
fn techniques_may_keep_the_words_of_mass() {
    let technique = |word: &str| {
        let config = trimtab_policy_sdk::config::parse::<Config>(&with(&format!(r#""technique": "{word}""#)));
        config.expect(word).technique
    };
    assert_eq!(["moving", "moving average"].map(technique), [Technique::Moving; 2]);
    assert_eq!(["exponential", "exponential moving average"].map(technique), [Technique::Exponential; 2]);
}

#[test]
fn what_does_not_fit_is_named() {
    let cases = [
        (r#""window": 0"#, "/window", "expected 1 to 2000 loads; got 0"),
        (r#""window": 2001"#, "/window", "expected 1 to 2000 loads; got 2001"),
        (r#""weight": 0"#, "/weight", "expected more than 0 and at most 1, for example 0.3; got 0"),
        (r#""weight": 1.5"#, "/weight", "expected more than 0 and at most 1, for example 0.3; got 1.5"),
        (r#""start-demand": -1"#, "/start-demand", "expected 0 or more; got -1"),
        (
            r#""delta-threshold": 30"#,
            "/delta-threshold",
            "expected 0 (every change is big) to 1 (none is), for example 0.3; got 30",
        ),
        (
            r#""min-interval": 10"#,
            "/min-interval",
            r#"expected at least "1s"; got 10 ms: a number without a unit is milliseconds"#,
        ),
        (
            r#""max-interval": "10""#,
            "/max-interval",
            r#"invalid value: string "10", expected milliseconds or text such as "60s", "5m", "1h", up to 49 days"#,
        ),
        (
            r#""rounding": "floor""#,
            "/rounding",
            "unknown variant `floor`, expected one of `truncate`, `ceil`, `nearest`",
        ),
    ];
    for (fields, pointer, message) in cases {
        assert_eq!(issues(&with(fields)), [(pointer.to_owned(), message.to_owned())]);
    }
    assert_eq!(issues(r#"{ "indicator": "" }"#)[0].0, "/indicator");
    assert_eq!(issues("{}")[0].1, "missing field `indicator`");
    assert!(issues(&with(r#""min_interval": "5s""#))[0].1.starts_with("unknown field `min_interval`"));
}

#[test]
fn all_of_it_is_told_at_once() {
    let found = issues(&with(r#""window": 0, "weight": 2, "delta-threshold": -1, "min-interval": 0"#));
    let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/window", "/weight", "/delta-threshold", "/min-interval"]);
}

#[test]
fn the_threshold_at_its_ends() {
    let paces = |threshold| {
        let mut service = Service::of(&with(&format!(r#""delta-threshold": {threshold}"#)));
        [10.0, 10.0, 100.0].map(|load| again(&service.load(load)))
    };
    assert_eq!((paces(0), paces(1)), ([10; 3], [30; 3]));
}

//! What may be written, and what is said of the rest.

use trimtab_policy_sdk::Package;

use super::*;

fn rule(fields: &str) -> String {
    format!(r#"{{"rules":[{{"indicator":"waiting",{fields}}}]}}"#)
}

#[test]
fn each_bad_config_is_pointed_at() {
    let add = r#""add":{"operator":">","threshold":1}"#;
    let table = [
        (r#"{"rules":[]}"#.to_owned(), "/rules", "expected at least one rule"),
        ("{}".to_owned(), "", "missing field `rules`"),
        (r#"{"rules":[],"cooldown":5}"#.to_owned(), "/cooldown", "unknown field `cooldown`"),
        (rule(r#""function":"last""#), "/rules/0", "expected add, remove, or both"),
        (rule(add), "/rules/0", "expected a function"),
        (rule(r#""functoin":"last""#), "/rules/0/functoin", "unknown field `functoin`"),
        (rule(&format!(r#""function":"median",{add}"#)), "/rules/0/function", "unknown variant `median`"),
        (rule(&format!(r#""function":"quantile",{add}"#)), "/rules/0/quantile", "the function quantile needs one"),
        (rule(&format!(r#""function":"quantile","quantile":95,{add}"#)), "/rules/0/quantile", "expected 0 to 1"),
        (rule(&format!(r#""function":"last","quantile":0.9,{add}"#)), "/rules/0/quantile", "only for the function"),
        (rule(&format!(r#""function":"last","window":"1 fortnight",{add}"#)), "/rules/0/window", "invalid value"),
        (
            rule(r#""function":"last","add":{"operator":"=>","threshold":1}"#),
            "/rules/0/add/operator",
            "unknown variant",
        ),
        (rule(r#""function":"last","add":{"operator":">"}"#), "/rules/0/add", "missing field `threshold`"),
        (
            rule(r#""function":"last","add":{"operator":">","threshold":"cpus"}"#),
            "/rules/0/add/threshold",
            "unknown variant `cpus`",
        ),
        (
            rule(r#""function":"last","add":{"operator":">","threshold":{"computed":"cpus"}}"#),
            "/rules/0/add/threshold/computed",
            "unknown variant `cpus`",
        ),
        (
            rule(r#""function":"last","add":{"operator":">","threshold":1,"margin":{"value":1,"typ":"percent"}}"#),
            "/rules/0/add/margin/typ",
            "unknown field `typ`",
        ),
        (
            rule(r#""function":"last","add":{"operator":">","threshold":1,"consecutive":0}"#),
            "/rules/0/add/consecutive",
            "expected at least 1",
        ),
        (
            rule(r#""function":"last","add":{"operator":">","threshold":1,"count":0}"#),
            "/rules/0/add/count",
            "expected 1",
        ),
        (
            r#"{"rules":[{"function":"last","add":{"operator":">","threshold":1}}]}"#.to_owned(),
            "/rules/0",
            "expected an indicator",
        ),
    ];
    for (config, pointer, message) in table {
        let found = issues(&config);
        assert_eq!(found[0].0, pointer, "{config}: {found:?}");
        assert!(found[0].1.starts_with(message), "{config}: {}", found[0].1);
    }
}

#[test]
fn several_issues_are_told_at_once() {
    let config = r#"{"rules":[
        {"indicator":"a","add":{"operator":">","threshold":1,"consecutive":0}},
        {"metric":"waiting-jobs","function":"sum","activity":"interactive","remove":{"operator":"<","threshold":1}}]}"#;
    let pointers: Vec<_> = issues(config).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/rules/0", "/rules/0/add/consecutive", "/rules/1/activity", "/rules/1/function"]);
}

#[test]
fn the_names_of_thingworx_are_understood() {
    let config = r#"{"rules":[{"name":"R","description":"ours","metric":"WaitingJobs","activity-type":"Background","function":"Count",
        "indicator":"waiting",
        "addition":{"margin":{"operator":"+","value":2,"type":"Absolute"},"operator":"GreaterThan","threshold":20,"frequency":4},
        "reduction":{"margin":{"operator":"-","value":5,"type":"Percent"},"operator":"LessThan","threshold":10,"frequency":5}}]}"#;
    assert_eq!(play(config, &[19.0; 4])[3], "add 1");
    assert_eq!(play(config, &[10.0; 5])[4], "remove 1");
}

#[test]
fn windows_are_milliseconds_or_text() {
    for (window, milliseconds) in [("1500", 1500), (r#""90s""#, 90_000), (r#""1h""#, 3_600_000), (r#""500 ms""#, 500)] {
        let config = rule(&format!(r#""function":"rate","window":{window},"add":{{"operator":">","threshold":1}}"#));
        assert_eq!(prepared(&config).inputs()[0].window, milliseconds, "{window}");
    }
}

#[test]
fn every_function_measures() {
    let table = [
        ("count", 4.0),
        ("samples", 3.0),
        ("sum", 12.0),
        ("average", 4.0),
        ("min", 2.0),
        ("max", 6.0),
        ("last", 4.0),
        ("rate", (4.0 + 4.0) / 30.0),
        (r#"quantile","quantile":"#, 5.0),
    ];
    for (function, expected) in table {
        let function = if function.starts_with("quantile") {
            r#"quantile","quantile":0.75"#.to_owned()
        } else {
            format!("{function}\"")
        };
        let config = rule(&format!(r#""function":"{function},"add":{{"operator":"==","threshold":{expected}}}"#));
        let seen = ObservationBuilder::new().series("waiting", [2.0, 6.0, 4.0]);
        assert_eq!(word(&tick(&mut prepared(&config), seen)), "add 1", "{function} {expected}");
    }
}

#[test]
fn the_descriptor_has_the_schema_of_the_config() {
    let package = Package { name: "qos-rules", version: "0.1.0", summary: "" };
    let descriptor = trimtab_policy_sdk::export::describe::<QosRules>(&package);
    assert_eq!(descriptor.name, "trimtab/qos-rules");
    let schema = descriptor.config_schema.unwrap_or_default();
    for word in ["2020-12", "available-duration-per-hour", "least-loaded", "consecutive", "additionalProperties"] {
        assert!(schema.contains(word), "{word} is not in {schema}");
    }
}

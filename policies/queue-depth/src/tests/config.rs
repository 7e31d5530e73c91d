//! What may be written, and what is said of the rest.

use super::*;

fn first_issue(config: &str) -> (String, String) {
    let issue = Rehearsal::of::<QueueDepth>(config).expect_err(config).remove(0);
    (issue.pointer, issue.message)
}

#[test]
fn each_bad_config_is_pointed_at() {
    let with = |fields: &str| with(TEN_EACH, fields);
    let table = [
        ("{}".to_owned(), "", "missing field `indicator`"),
        (r#"{"indicator":"a"}"#.to_owned(), "", "missing field `per-replica`"),
        (r#"{"indicator":"a","per-replica":0}"#.to_owned(), "/per-replica", "expected a number above 0"),
        (r#"{"indicator":"","per-replica":1}"#.to_owned(), "/indicator", "expected the name of an indicator"),
        (with(r#""max":4"#), "/max", "unknown field `max`"),
        (with(r#""running-indicator":"waiting""#), "/running-indicator", r#""waiting" has a meaning already"#),
        (with(r#""running-indicator":"r","include-running":false"#), "/include-running", "without what runs"),
        (with(r#""orphan-after":"2h""#), "/orphan-after", "needs a running-indicator"),
        (with(r#""running-indicator":"r","orphan-after":"2h""#), "/orphan-after", "needs a running-indicator"),
        (with(r#""max-age":"5m""#), "/max-age", "needs an indicator that is or ends in jobs.queued"),
        (with(r#""max-age":"5 fortnights""#), "/max-age", "invalid value"),
        (with(r#""age-indicator":"age""#), "/age-indicator", "is of use with a max-age only"),
        (with(r#""max-age-add":0"#), "/max-age-add", "expected at least 1"),
        (with(r#""activation":-1"#), "/activation", "expected 0 or more; got -1"),
        (with(r#""tolerance":10"#), "/tolerance", "expected 0 to less than 1, 0.1 is 10 %; got 10"),
        (with(r#""rounding":"floor""#), "/rounding", "unknown variant `floor`"),
        (with(r#""placement":"best""#), "/placement", "unknown variant `best`"),
    ];
    for (config, pointer, message) in table {
        let found = first_issue(&config);
        assert_eq!(found.0, pointer, "{config}: {}", found.1);
        assert!(found.1.starts_with(message), "{config}: {}", found.1);
    }
}

#[test]
fn all_issues_at_once() {
    let config = with(TEN_EACH, r#""tolerance":1,"activation":-1,"orphan-after":"2h","max-age":"5m""#);
    let issues = Rehearsal::of::<QueueDepth>(config).expect_err("four issues");
    let pointers: Vec<_> = issues.iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!(pointers, ["/activation", "/tolerance", "/orphan-after", "/max-age"]);
}

#[test]
fn it_asks_for_what_it_reads_and_no_more() {
    let names = |config: &str| prepared(config).inputs().iter().map(|input| input.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(TEN_EACH), ["waiting"]);
    assert_eq!(names(TWO_EACH), ["work.jobs.queued", "work.jobs.running"]);
    assert_eq!(names(&with(TEN_EACH, r#""max-age":"5m","age-indicator":"age""#)), ["waiting", "age"]);
}

#[test]
fn the_descriptor_has_the_schema_of_the_config() {
    let package = trimtab_policy_sdk::Package { name: "queue-depth", version: "0.1.0", summary: "" };
    let descriptor = trimtab_policy_sdk::export::describe::<QueueDepth>(&package);
    assert_eq!((descriptor.name.as_str(), descriptor.state_layout.as_str()), ("trimtab/queue-depth", ""));
    let schema = descriptor.config_schema.unwrap_or_default();
    for word in ["2020-12", "per-replica", "exclusiveMinimum", "truncate", "additionalProperties"] {
        assert!(schema.contains(word), "{word} is not in {schema}");
    }
}

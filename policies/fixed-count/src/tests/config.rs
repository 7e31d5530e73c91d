//! What may be written, and what is said of the rest.

use super::*;

fn first_issue(config: &str) -> (String, String) {
    let issue = Rehearsal::of::<FixedCount>(config).expect_err(config).remove(0);
    (issue.pointer, issue.message)
}

fn entry(fields: &str) -> String {
    format!(r#"{{"zone":"UTC","schedule":[{{"count":1,{fields}}}]}}"#)
}

#[test]
fn each_bad_config_is_pointed_at() {
    let table = [
        ("{}".to_owned(), "", "expected a count, a schedule, or both"),
        (r#"{"count":-1}"#.to_owned(), "/count", "invalid value: integer `-1`, expected u32"),
        (r#"{"counts":1}"#.to_owned(), "/counts", "unknown field `counts`"),
        (r#"{"count":1,"zone":""}"#.to_owned(), "/zone", "expected an IANA time zone"),
        (r#"{"schedule":[{"count":1}]}"#.to_owned(), "/schedule/0", "expected a zone"),
        (r#"{"zone":"UTC","schedule":[{}]}"#.to_owned(), "/schedule/0", "missing field `count`"),
        (entry(r#""zone":"Europe Warsaw""#), "/schedule/0/zone", "expected an IANA time zone"),
        (entry(r#""days":"mo""#), "/schedule/0/days", r#"invalid value: string "mo", expected days such as "mon""#),
        (entry(r#""days":["mon","son"]"#), "/schedule/0/days/1", r#"invalid value: string "son""#),
        (entry(r#""days":[]"#), "/schedule/0/days", "invalid length 0, expected at least one day"),
        (entry(r#""from":"7:00""#), "/schedule/0/from", r#"invalid value: string "7:00", expected a time of day"#),
        (entry(r#""from":"07:60""#), "/schedule/0/from", "invalid value"),
        (entry(r#""to":"24:01""#), "/schedule/0/to", "invalid value"),
        (entry(r#""to":7"#), "/schedule/0/to", "invalid type: integer `7`, expected a time of day"),
        (entry(r#""from":"24:00","to":"06:00""#), "/schedule/0/from", "expected 23:59 at the latest"),
        (entry(r#""from":"07:00","to":"07:00""#), "/schedule/0", "opens and closes at 07:00"),
    ];
    for (config, pointer, message) in table {
        let found = first_issue(&config);
        assert_eq!(found.0, pointer, "{config}: {}", found.1);
        assert!(found.1.starts_with(message), "{config}: {}", found.1);
    }
}

#[test]
fn days_are_read_and_shown() {
    let table = [
        (r#""mon-fri""#, "mon-fri"),
        (r#""Sat""#, "sat"),
        (r#"["sun","mon","wed"]"#, "wed,sun-mon"),
        (r#""fri-mon""#, "fri-mon"),
        (r#"["mon-thu","fri-sun"]"#, "daily"),
    ];
    for (days, shown) in table {
        let config = entry(&format!(r#""days":{days}"#));
        let week = (0..7).map(|day| verdict(&config, ObservationBuilder::new().at(MONDAY + day * DAY)).reason);
        let shown = format!("{shown} 00:00-24:00 UTC: 1 wanted: add 1");
        assert!(week.into_iter().any(|reason| reason.starts_with(&shown)), "{days}: {shown}");
    }
}

#[test]
fn the_days_that_are_meant_and_no_other() {
    let config = entry(r#""days":["fri-mon","wed"]"#);
    let is_open = |day| size(0, &verdict(&config, ObservationBuilder::new().at(MONDAY + day * DAY + 5 * HOUR))) == 1;
    assert_eq!([0, 1, 2, 3, 4, 5, 6].map(is_open), [true, false, true, false, true, true, true]);
}

#[test]
fn all_issues_of_all_entries_at_once() {
    let config = r#"{"schedule":[{"count":1,"from":"07:00","to":"07:00"},{"count":1,"zone":"?"}]}"#;
    let issues = Rehearsal::of::<FixedCount>(config).expect_err(config);
    let pointers: Vec<_> = issues.iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!(pointers, ["/schedule/0", "/schedule/0", "/schedule/1/zone"]);
}

#[test]
fn utc_needs_no_series() {
    assert!(prepared(&entry(r#""from":"07:00""#)).inputs().is_empty());
}

#[test]
fn the_descriptor_has_the_schema_of_the_config() {
    let package = trimtab_policy_sdk::Package { name: "fixed-count", version: "0.1.0", summary: "" };
    let descriptor = trimtab_policy_sdk::export::describe::<FixedCount>(&package);
    assert_eq!((descriptor.name.as_str(), descriptor.state_layout.as_str()), ("trimtab/fixed-count", ""));
    let schema = descriptor.config_schema.unwrap_or_default();
    for word in ["2020-12", "schedule", "24:00", "additionalProperties"] {
        assert!(schema.contains(word), "{word} is not in {schema}");
    }
}

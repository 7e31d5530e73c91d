//! Scenarios T1 to T13 and T24 of the behaviour that ThingWorx documents.

use super::*;

/// `hold` for all but the places (from 1) that are named.
fn holds_but(length: usize, others: &[(usize, &str)]) -> Vec<String> {
    let word = |place| others.iter().find(|(other, _)| *other == place).map_or("hold", |(_, word)| word);
    (1..=length).map(|place| word(place).to_owned()).collect()
}

#[test]
fn t1_the_fourth_in_a_row_adds() {
    assert_eq!(play(RULE_R, &[19.0; 4]), holds_but(4, &[(4, "add 1")]));
}

#[test]
fn t2_the_comparison_is_strict() {
    assert_eq!(play(RULE_R, &[18.0; 12]), holds_but(12, &[]));
}

#[test]
fn t3_a_broken_streak_starts_anew() {
    let values = [19.0, 19.0, 19.0, 18.0, 19.0, 19.0, 19.0, 19.0];
    assert_eq!(play(RULE_R, &values), holds_but(8, &[(8, "add 1")]));
}

#[test]
fn t4_the_fifth_in_a_row_removes() {
    assert_eq!(play(RULE_R, &[10.0; 5]), holds_but(5, &[(5, "remove 1")]));
}

#[test]
fn t5_just_outside_the_removal() {
    assert_eq!(play(RULE_R, &[11.0; 12]), holds_but(12, &[]));
}

#[test]
fn t6_the_equilibrium_zone() {
    for value in 11..=18 {
        assert_eq!(play(RULE_R, &[f64::from(value); 12]), holds_but(12, &[]), "{value}");
    }
}

#[test]
fn t7_a_broken_removal_starts_anew() {
    let values = [10.0, 10.0, 10.0, 10.0, 11.0, 10.0, 10.0, 10.0, 10.0, 10.0];
    assert_eq!(play(RULE_R, &values), holds_but(10, &[(10, "remove 1")]));
}

#[test]
fn t8_zero_removes_and_never_below_the_minimum() {
    assert_eq!(play(RULE_R, &[0.0; 5]), holds_but(5, &[(5, "remove 1")]));

    let mut policy = prepared(RULE_R);
    let verdicts: Vec<_> = (0..7).map(|_| tick(&mut policy, waiting(0.0).desired(1))).collect();
    assert!(verdicts.iter().all(|verdict| matches!(verdict.decision, Decision::Hold(_))), "{verdicts:?}");
    assert_eq!(
        verdicts[6].reason,
        "waiting count 0 - 5 % = 0 < 10, met 5 of 5: would remove 1, but 1 is the least allowed"
    );
}

#[test]
fn t9_a_percent_margin_is_of_the_measured_value() {
    let rule = |threshold: f64| {
        format!(
            r#"{{"rules":[{{"indicator":"waiting","function":"last",
            "add":{{"margin":{{"operator":"+","value":10,"type":"percent"}},"operator":">","threshold":{threshold}}}}}]}}"#
        )
    };
    assert_eq!(play(&rule(21.0), &[20.0]), ["add 1"]);
    assert_eq!(play(&rule(22.0), &[20.0]), ["hold"]);
}

#[test]
fn t10_available_duration_per_hour_grows_with_the_clients() {
    let config = r#"{"rules":[{
        "metric":"InteractiveSessionDurationLastHour","activity":"Interactive","function":"Sum","window":"1h",
        "add":{"margin":"+10%","operator":"GreaterThan","threshold":{"computed":"AvailableDurationPerHour"}}}]}"#;
    let name = "interactive-session-duration-last-hour";
    let with = |clients| {
        let seen = ObservationBuilder::new().desired(clients).series(name, [3_300_000.0, 3_300_000.0, 3_300_000.0]);
        tick(&mut prepared(config), seen)
    };
    assert_eq!(word(&with(3)), "add 1");
    assert_eq!(
        with(3).reason,
        "interactive-session-duration-last-hour sum 9900000 + 10 % = 10890000 > 10800000, met 1 of 1: add 1"
    );
    assert_eq!(word(&with(4)), "hold");
}

#[test]
fn t11_the_average_of_waiting_times() {
    let rule = |threshold: f64| {
        format!(
            r#"{{"rules":[{{"metric":"waiting-time","indicator":"waiting",
            "add":{{"operator":"equal","threshold":{threshold}}}}}]}}"#
        )
    };
    let average = |threshold| {
        let seen = ObservationBuilder::new().series("waiting", [100.0, 200.0, 600.0]);
        word(&tick(&mut prepared(&rule(threshold)), seen))
    };
    assert_eq!((average(300.0).as_str(), average(299.0).as_str()), ("add 1", "hold"));
}

#[test]
fn t12_what_does_not_go_together_is_rejected() {
    let rule = |fields: &str| format!(r#"{{"rules":[{{{fields},"add":{{"operator":">","threshold":1}}}}]}}"#);
    for fields in [
        r#""metric":"waiting-jobs","function":"average""#,
        r#""metric":"WaitingJobs","function":"Average""#,
        r#""indicator":"WaitingJobs","function":"Average""#,
        r#""indicator":"waiting-jobs","function":"average""#,
    ] {
        let issues = issues(&rule(fields));
        assert_eq!(issues.len(), 1, "{fields}: {issues:?}");
        assert_eq!(issues[0].0, "/rules/0/function");
        assert!(issues[0].1.starts_with("waiting-jobs goes with count, not average"), "{}", issues[0].1);
    }
    for fields in [r#""metric":"active-sessions""#, r#""metric":"ActiveSessions","activity":"Background""#] {
        let issues = issues(&rule(fields));
        assert_eq!(issues[0].0, "/rules/0/activity", "{fields}");
        assert!(issues[0].1.starts_with("active-sessions goes with stateful, not background"), "{}", issues[0].1);
    }
    prepared(&rule(r#""indicator":"waiting-jobs","metric":"custom","function":"average""#));
}

#[test]
fn t12_computed_thresholds_go_with_their_metric() {
    let config = r#"{"rules":[{"metric":"waiting-jobs","add":{"operator":">","threshold":"client-instances"}}]}"#;
    let expected =
        ("/rules/0/add/threshold".to_owned(), "waiting-jobs cannot be compared with client-instances".to_owned());
    assert_eq!(issues(config), [expected]);
    prepared(
        r#"{"rules":[{"metric":"active-sessions","activity":"stateful",
        "add":{"operator":">","threshold":{"computed":"client-instances"}}}]}"#,
    );
}

#[test]
fn t13_the_activity_is_background_by_default() {
    prepared(r#"{"rules":[{"metric":"waiting-jobs","add":{"operator":">","threshold":1}}]}"#);
    let spelled = r#"{"rules":[{"metric":"waiting-jobs","activity":"stateful","add":{"operator":">","threshold":1}}]}"#;
    assert_eq!(issues(spelled)[0].0, "/rules/0/activity");
}

#[test]
fn t24_halves_that_hold_together_are_rejected() {
    let rule = |add: &str, remove: &str| {
        format!(r#"{{"rules":[{{"indicator":"waiting","function":"last","add":{{{add}}},"remove":{{{remove}}}}}]}}"#)
    };
    let add = r#""operator":">","threshold":5"#;
    let found = issues(&rule(add, r#""operator":"<","threshold":20"#));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "/rules/0");
    assert!(found[0].1.starts_with("add and remove both hold at 12.5"), "{}", found[0].1);

    let at_least = r#""operator":">=","threshold":5"#;
    let at_most = r#""operator":"<=","threshold":5"#;
    assert!(issues(&rule(at_least, at_most))[0].1.starts_with("add and remove both hold at 5,"));
    prepared(&rule(add, at_most));
    // The margins part what the thresholds alone would not.
    prepared(&rule(r#""margin":"-10","operator":">","threshold":5"#, r#""operator":"<","threshold":12"#));
    issues(&rule(r#""margin":"+10","operator":">","threshold":5"#, r#""operator":"<","threshold":2"#));
    // For an indicator such as free slots the directions are the other way round.
    prepared(&rule(r#""operator":"<","threshold":2"#, r#""operator":">","threshold":8"#));
    issues(&rule(r#""operator":"<","threshold":9"#, r#""operator":">","threshold":8"#));
    issues(&rule(r#""operator":"not-equal","threshold":9"#, r#""operator":"==","threshold":8"#));
}

#[test]
fn early_wakes_neither_count_nor_break_a_streak() {
    let mut policy = prepared(RULE_R);
    let mut words = Vec::new();
    for _ in 0..4 {
        let early: Vec<_> = [19.0, 0.0].map(|value| tick(&mut policy, waiting(value).early())).into();
        assert!(early.iter().all(|verdict| word(verdict) == "abstain"), "{early:?}");
        assert!(early[0].reason.starts_with("woken before its time"));
        words.push(word(&tick(&mut policy, waiting(19.0))));
    }
    assert_eq!(words, ["counting", "counting", "counting", "add 1"]);
}

#[test]
fn a_streak_starts_anew_after_the_request() {
    assert_eq!(play(RULE_R, &[19.0; 9]), holds_but(9, &[(4, "add 1"), (8, "add 1")]));
}

#[test]
fn reasons_tell_the_formula() {
    let mut policy = prepared(RULE_R);
    assert_eq!(tick(&mut policy, waiting(15.0)).reason, "waiting count 15: neither 17 > 20 nor 14.25 < 10");
    let reasons: Vec<_> = (0..4).map(|_| tick(&mut policy, waiting(19.0)).reason).collect();
    assert_eq!(reasons[0], "waiting count 19: 19 + 2 = 21 > 20 met 1 of 4 to add");
    assert_eq!(reasons[3], "waiting count 19 + 2 = 21 > 20, met 4 of 4: add 1");
}

//! Several rules, and which of them wins.

use super::*;

const QUEUE_AND_CPU: &str = r#"{ "rules": [
    { "name": "queue", "indicator": "waiting", "function": "last",
      "add": { "operator": ">", "threshold": 20, "consecutive": 2, "count": 2 },
      "remove": { "operator": "<", "threshold": 5, "count": 3 } },
    { "indicator": "cpu", "function": "average", "window": "5m",
      "add": { "operator": ">", "threshold": 80, "count": 5 },
      "remove": { "operator": "<", "threshold": 20, "count": 2 } }
] }"#;

fn seen(waiting: f64, cpu: f64) -> ObservationBuilder {
    ObservationBuilder::new().desired(6).bounds(1, 20).series("waiting", [waiting]).series("cpu", [cpu])
}

fn once(seen: ObservationBuilder) -> RawVerdict {
    tick(&mut prepared(QUEUE_AND_CPU), seen)
}

#[test]
fn any_addition_wins_over_every_removal() {
    let verdict = once(seen(0.0, 90.0));
    assert_eq!((word(&verdict).as_str(), verdict.reason.as_str()), ("add 5", "cpu average 90 > 80, met 1 of 1: add 5"));
}

#[test]
fn of_several_additions_the_largest_is_taken() {
    let mut policy = prepared(QUEUE_AND_CPU);
    assert_eq!(word(&tick(&mut policy, seen(30.0, 50.0))), "counting");
    assert_eq!(word(&tick(&mut policy, seen(30.0, 90.0))), "add 5");
}

#[test]
fn of_several_removals_the_smallest_is_taken() {
    assert_eq!(word(&once(seen(0.0, 0.0))), "remove 2");
}

#[test]
fn a_rule_in_its_equilibrium_zone_vetoes_nothing() {
    assert_eq!(word(&once(seen(10.0, 0.0))), "remove 2");
}

#[test]
fn a_rule_on_its_way_to_adding_holds_a_removal_back() {
    let verdict = once(seen(30.0, 0.0));
    assert_eq!(word(&verdict), "hold");
    assert_eq!(verdict.reason, "cpu average 0 < 20, met 1 of 1: would remove 2, but queue is about to add, met 1 of 2");
}

#[test]
fn a_rule_that_cannot_see_holds_a_removal_back_and_no_addition() {
    let blind = |cpu| ObservationBuilder::new().desired(6).series("cpu", [cpu]);
    let verdict = once(blind(0.0));
    assert_eq!(word(&verdict), "hold");
    assert!(verdict.reason.ends_with("queue cannot tell whether more are needed: not among the series"));
    assert_eq!(word(&once(blind(90.0))), "add 5");
    assert_eq!(word(&once(blind(50.0))), "abstain");
}

#[test]
fn all_streaks_start_anew_after_a_change() {
    let mut policy = prepared(QUEUE_AND_CPU);
    assert_eq!(word(&tick(&mut policy, seen(30.0, 90.0))), "add 5");
    assert_eq!(word(&tick(&mut policy, seen(30.0, 50.0))), "counting");
    assert_eq!(word(&tick(&mut policy, seen(30.0, 50.0))), "add 2");
}

#[test]
fn rules_on_one_indicator_share_an_input_and_keep_their_windows() {
    let config = r#"{ "rules": [
        { "indicator": "cpu", "function": "max", "window": "15s", "add": { "operator": ">", "threshold": 90 } },
        { "indicator": "cpu", "function": "max", "window": "10m", "remove": { "operator": "<", "threshold": 20 } }
    ] }"#;
    let mut policy = prepared(config);
    assert_eq!(policy.inputs(), [Input::of_target("cpu").reaching(600_000)]);
    // The peak of 45 s ago is in the window of the second rule only.
    let verdict = tick(&mut policy, ObservationBuilder::new().desired(3).series("cpu", [95.0, 10.0, 10.0, 10.0]));
    assert_eq!(word(&verdict), "hold");
    assert_eq!(verdict.reason, "cpu max 10: not 10 > 90; cpu max 95: not 95 < 20");
}

//! A job that waits for too long.

use trimtab_policy_sdk::{Origin, Outcome, PastAction, ReplicaState};

use super::*;

const PATIENT: &str = r#"{ "indicator": "jobs.queued", "per-replica": 10, "max-age": "10m", "max-age-add": 2 }"#;

fn oldest(desired: u32, seconds: u64) -> ObservationBuilder {
    ObservationBuilder::new().desired(desired).jobs("jobs.queued", [(seconds, 1.0), (5, 4.0)])
}

#[test]
fn more_are_added_while_it_waits() {
    let mut policy = prepared(PATIENT);
    let sizes = [600, 601, 616, 631].iter().scan(2, |desired, &age| {
        *desired = size(*desired, &policy.tick(oldest(*desired, age)).expect("a verdict"));
        Some(*desired)
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [1, 3, 5, 7]);
    let reason = verdict(PATIENT, oldest(3, 616)).reason;
    let expected = "jobs.queued 5 / 10 = 0.5, ceil 1; the oldest has waited 616 s, more than 600 s: 2 more: add 2";
    assert_eq!(reason, expected);
}

#[test]
fn the_backlog_may_want_more_than_that() {
    let seen = ObservationBuilder::new().desired(1).jobs("jobs.queued", [(700, 80.0)]);
    assert_eq!(size(1, &verdict(PATIENT, seen)), 8);
}

#[test]
fn an_early_wake_neither_adds_for_it_nor_removes() {
    let early = verdict(PATIENT, oldest(3, 616).early());
    assert_eq!(size(3, &early), 3);
    assert!(early.reason.ends_with("more than 600 s, more at the next planned evaluation: keep 3"), "{}", early.reason);
}

#[test]
fn those_that_are_coming_are_waited_for() {
    let starting = oldest(3, 616).replica("host", "w-1", |replica| replica.state = ReplicaState::Starting);
    let past =
        |delta, outcome| PastAction { at: 0, origin: Origin::Policy, delta, achieved: 0, outcome, settled_at: None };
    let pending = oldest(3, 616).past(past(2, Outcome::Pending));
    for seen in [starting, pending] {
        let verdict = verdict(PATIENT, seen);
        assert!(verdict.reason.ends_with("but more are on their way: keep 3"), "{}", verdict.reason);
    }
    for past in [past(-2, Outcome::Pending), past(2, Outcome::Failed)] {
        assert_eq!(size(3, &verdict(PATIENT, oldest(3, 616).past(past))), 5);
    }
}

#[test]
fn it_brings_them_out_of_zero_below_the_activation_too() {
    let config = with(PATIENT, r#""activation": 100"#);
    assert_eq!(size(0, &verdict(&config, oldest(0, 600))), 0);
    assert_eq!(size(0, &verdict(&config, oldest(0, 601))), 2);
}

#[test]
fn the_bounds_stand() {
    let verdict = verdict(PATIENT, oldest(3, 700).bounds(0, 4));
    assert!(verdict.reason.ends_with(": 2 more, but 4 is the most allowed: add 1"), "{}", verdict.reason);
}

#[test]
fn an_age_that_is_read() {
    let config = r#"{ "indicator": "waiting", "per-replica": 10, "max-age": "10m", "age-indicator": "age" }"#;
    let seen = |jobs, ages: [f64; 2]| waiting(2, jobs).series("age", ages);
    assert_eq!(size(2, &verdict(config, seen(5.0, [900.0, 600.0]))), 1, "the newest reading");
    assert_eq!(size(2, &verdict(config, seen(5.0, [0.0, 601.0]))), 3);
    let unknown = verdict(config, waiting(2, 5.0).absent("age"));
    assert!(abstains(&unknown));
    let doubt = "age: nothing collected, so how long the oldest has waited is not known";
    assert_eq!(unknown.reason, format!("waiting 5 / 10 = 0.5, ceil 1: but {doubt}"));
    assert_eq!(size(2, &verdict(config, waiting(2, 50.0).absent("age"))), 5);
    assert_eq!(size(2, &verdict(config, waiting(2, 0.0).absent("age"))), 0, "nothing waits, so nothing has an age");
}

#[test]
fn the_age_is_a_signal() {
    let signals = verdict(PATIENT, oldest(1, 30)).signals;
    assert!(signals.iter().any(|signal| signal.name == "oldest_seconds" && signal.value == 30.0), "{signals:?}");
}

//! draksetup's N.

use super::*;

#[test]
fn so_many_and_not_one_more() {
    let table = [(1, "5 wanted: add 4"), (5, "5 wanted: keep 5"), (7, "5 wanted: remove 2"), (0, "5 wanted: add 5")];
    for (desired, reason) in table {
        let verdict = verdict(r#"{"count":5}"#, ObservationBuilder::new().desired(desired));
        assert_eq!((size(desired, &verdict), verdict.reason.as_str()), (5, reason));
    }
}

#[test]
fn zero_removes_all() {
    let verdict = verdict(r#"{"count":0}"#, ObservationBuilder::new().desired(3));
    assert_eq!(verdict.decision, Decision::Remove(vec![Removal::Any(3)]));
}

#[test]
fn the_bounds_are_kept_and_named() {
    let table = [
        (20, 3, 10, "20 wanted, but 10 is the most allowed: add 7"),
        (1, 3, 2, "1 wanted, but 2 is the least allowed: remove 1"),
        (20, 10, 10, "20 wanted, but 10 is the most allowed: keep 10"),
    ];
    for (count, desired, expected, reason) in table {
        let seen = ObservationBuilder::new().desired(desired).bounds(2, 10);
        let verdict = verdict(&format!(r#"{{"count":{count}}}"#), seen);
        assert_eq!((size(desired, &verdict), verdict.reason.as_str()), (expected, reason));
    }
}

#[test]
fn an_early_wake_is_as_good_as_a_planned_one() {
    let verdict = verdict(r#"{"count":5}"#, ObservationBuilder::new().desired(1).early());
    assert_eq!(size(1, &verdict), 5);
}

#[test]
fn never_outside_the_bounds_and_there_in_one_step() {
    for (count, desired, min, max) in (0..6)
        .flat_map(|c| (0..6).flat_map(move |d| (0..4).flat_map(move |min| (min..6).map(move |max| (c, d, min, max)))))
    {
        let seen = ObservationBuilder::new().desired(desired).bounds(min, max);
        let after = size(desired, &verdict(&format!(r#"{{"count":{count}}}"#), seen));
        assert_eq!(after, count.clamp(min, max), "{count} wanted, {desired} there, {min} to {max}");
    }
}

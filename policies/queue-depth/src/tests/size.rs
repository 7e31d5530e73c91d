//! Backlog by target, activation, rounding, tolerance.

use super::*;

#[test]
fn the_backlog_by_what_one_takes() {
    let table = [
        (1, 40.0, 4, "waiting 40 / 10 = 4: add 3"),
        (1, 41.0, 5, "waiting 41 / 10 = 4.1, ceil 5: add 4"),
        (5, 41.0, 5, "waiting 41 / 10 = 4.1, ceil 5: keep 5"),
        (5, 7.0, 1, "waiting 7 / 10 = 0.7, ceil 1: remove 4"),
        (5, 0.0, 0, "waiting 0 / 10 = 0: remove 5"),
        (0, 0.0, 0, "waiting 0: keep 0"),
        (0, 1.0, 1, "waiting 1 / 10 = 0.1, ceil 1: add 1"),
    ];
    for (desired, jobs, expected, reason) in table {
        let verdict = verdict(TEN_EACH, waiting(desired, jobs));
        assert_eq!((size(desired, &verdict), verdict.reason.as_str()), (expected, reason));
    }
}

#[test]
fn the_bounds_are_kept_and_named() {
    let table = [
        (3, 500.0, 8, "waiting 500 / 10 = 50, but 8 is the most allowed: add 5"),
        (8, 500.0, 8, "waiting 500 / 10 = 50, but 8 is the most allowed: keep 8"),
        (3, 0.0, 2, "waiting 0 / 10 = 0, but 2 is the least allowed: remove 1"),
        (0, 0.0, 2, "waiting 0, but 2 is the least allowed: add 2"),
    ];
    for (desired, jobs, expected, reason) in table {
        let verdict = verdict(TEN_EACH, waiting(desired, jobs).bounds(2, 8));
        assert_eq!((size(desired, &verdict), verdict.reason.as_str()), (expected, reason));
    }
}

#[test]
fn zero_is_left_above_the_activation_only_and_reached_when_nothing_is_left() {
    let config = with(TEN_EACH, r#""activation": 5"#);
    let table = [(0, 5.0, 0), (0, 6.0, 1), (0, 60.0, 6), (1, 5.0, 1), (2, 1.0, 1), (1, 0.0, 0)];
    for (desired, jobs, expected) in table {
        assert_eq!(size(desired, &verdict(&config, waiting(desired, jobs))), expected, "{jobs} jobs for {desired}");
    }
    assert_eq!(verdict(&config, waiting(0, 5.0)).reason, "waiting 5, activation is above 5: keep 0");
}

#[test]
fn a_job_is_never_rounded_away() {
    for rounding in ["nearest", "truncate"] {
        let config = with(TEN_EACH, &format!(r#""rounding": "{rounding}""#));
        assert_eq!(size(3, &verdict(&config, waiting(3, 4.0))), 1, "{rounding}");
        assert_eq!(size(0, &verdict(&config, waiting(0, 4.0))), 1, "{rounding}");
        assert_eq!(verdict(&config, waiting(3, 4.0)).reason, "waiting 4 / 10 = 0.4, at least 1: remove 2");
    }
}

#[test]
fn roundings() {
    let table = [("ceil", [3, 3, 3]), ("nearest", [2, 3, 3]), ("truncate", [2, 2, 3])];
    for (rounding, expected) in table {
        let config = with(TEN_EACH, &format!(r#""rounding": "{rounding}""#));
        let sizes = [24.0, 25.0, 30.0].map(|jobs| size(1, &verdict(&config, waiting(1, jobs))));
        assert_eq!(sizes, expected, "{rounding}");
    }
}

#[test]
fn within_the_tolerance_nothing_changes() {
    let config = with(TEN_EACH, r#""tolerance": 0.1"#);
    let table = [(89.0, 9), (90.0, 10), (91.0, 10), (100.0, 10), (110.0, 10), (111.0, 12)];
    for (jobs, expected) in table {
        assert_eq!(size(10, &verdict(&config, waiting(10, jobs))), expected, "{jobs}");
    }
    assert_eq!(verdict(&config, waiting(10, 109.0)).reason, "waiting 109 / 10 = 10.9, within 10 % of 10: keep 10");
    assert_eq!(size(10, &verdict(&config, waiting(10, 109.0).bounds(0, 8))), 8);
}

#[test]
fn jobs_are_counted_however_old_and_however_bundled() {
    let config = r#"{ "indicator": "jobs.queued", "per-replica": 10 }"#;
    let seen = ObservationBuilder::new().desired(1).jobs("jobs.queued", [(86_400, 20.0), (3, 5.0)]);
    assert_eq!(verdict(config, seen).reason, "jobs.queued 25 / 10 = 2.5, ceil 3: add 2");
    let none = ObservationBuilder::new().desired(1).jobs("jobs.queued", []);
    assert_eq!(size(1, &verdict(config, none)), 0);
}

#[test]
fn an_early_wake_is_as_good_as_a_planned_one() {
    assert_eq!(size(1, &verdict(TEN_EACH, waiting(1, 40.0).early())), 4);
    assert_eq!(size(5, &verdict(TEN_EACH, waiting(5, 0.0).early())), 0);
}

#[test]
fn it_publishes_what_it_saw_and_wanted() {
    let verdict = verdict(TEN_EACH, waiting(1, 500.0).bounds(0, 8));
    let signals: Vec<_> = verdict.signals.iter().map(|signal| (signal.name.as_str(), signal.value)).collect();
    assert_eq!(signals, [("backlog", 500.0), ("wanted", 50.0)]);
}

//! How many for how many.

use super::*;

/// D20.
#[test]
fn one_to_three_and_never_none() {
    let sizes = [1.0, 3.0, 4.0, 9.0, 10.0].map(|count| size(1, &verdict(ONE_TO_THREE, drakrun(count))));
    assert_eq!(sizes, [1, 1, 2, 3, 4]);
    assert_eq!(size(2, &verdict(ONE_TO_THREE, drakrun(0.0).desired(2))), 1);
}

#[test]
fn reasons() {
    let table = [
        (10.0, 3, "drakrun 10 / 3 = 3.33, ceil 4: add 1"),
        (9.0, 3, "drakrun 9 / 3 = 3: keep 3"),
        (0.0, 3, "drakrun 0 / 3 = 0, at least 1: remove 2"),
        (90.0, 3, "drakrun 90 / 3 = 30, but 8 is the most allowed: add 5"),
    ];
    for (count, desired, reason) in table {
        assert_eq!(verdict(ONE_TO_THREE, drakrun(count).desired(desired).bounds(1, 8)).reason, reason);
    }
    let reason = verdict(ONE_TO_THREE, drakrun(1.0).desired(3).bounds(2, 8)).reason;
    assert_eq!(reason, "drakrun 1 / 3 = 0.33, ceil 1, but 2 is the least allowed: remove 1");
}

#[test]
fn several_are_added_up() {
    let config = r#"{ "indicator": ["drakrun-a", "drakrun-b"], "per": 3 }"#;
    let names: Vec<_> = prepared(config).inputs().iter().map(|input| input.name.clone()).collect();
    assert_eq!(names, ["drakrun-a", "drakrun-b"]);
    let seen = ObservationBuilder::new().desired(1).series("drakrun-a", [6.0]).series("drakrun-b", [5.0, 4.0]);
    assert_eq!(verdict(config, seen).reason, "drakrun-a 6 + drakrun-b 4 = 10: 10 / 3 = 3.33, ceil 4: add 3");
}

#[test]
fn rounding_and_parts() {
    let table = [
        (r#""per":3,"rounding":"ceil""#, 10.0, 4),
        (r#""per":3,"rounding":"nearest""#, 10.0, 3),
        (r#""per":3,"rounding":"nearest""#, 11.0, 4),
        (r#""per":3,"rounding":"truncate""#, 11.0, 3),
        (r#""per":0.5"#, 10.0, 20),
        (r#""per":1.5"#, 3.0, 2),
        (r#""per":3,"min":0"#, 0.0, 0),
        (r#""per":3,"min":5"#, 3.0, 5),
    ];
    for (fields, count, expected) in table {
        let config = format!(r#"{{"indicator":"drakrun",{fields}}}"#);
        assert_eq!(size(1, &verdict(&config, drakrun(count))), expected, "{config} of {count}");
    }
}

#[test]
fn an_early_wake_is_as_good_as_a_planned_one() {
    assert_eq!(size(1, &verdict(ONE_TO_THREE, drakrun(10.0).early())), 4);
}

#[test]
fn never_outside_the_bounds_and_never_fewer_for_more() {
    for rounding in ["ceil", "nearest", "truncate"] {
        let config = format!(r#"{{"indicator":"drakrun","per":2.5,"rounding":"{rounding}"}}"#);
        for desired in 0..12 {
            let after = |count| {
                let seen = drakrun(f64::from(count) / 2.0).desired(desired).bounds(2, 9);
                size(desired, &verdict(&config, seen))
            };
            let sizes: Vec<_> = (0..100).map(after).collect();
            assert!(sizes.iter().all(|size| (2..=9).contains(size)), "{rounding} from {desired}: {sizes:?}");
            assert!(sizes.is_sorted(), "{rounding} from {desired}: {sizes:?}");
        }
    }
}

#[test]
fn no_jobs_are_a_plain_zero() {
    let config = r#"{ "indicator": "jobs.queued", "per": 3, "min": 0 }"#;
    let verdict = verdict(config, ObservationBuilder::new().jobs("jobs.queued", []));
    assert_eq!(verdict.reason, "jobs.queued 0 / 3 = 0: keep 0");
}

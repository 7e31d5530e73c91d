//! What holds for every load, size and config.

use super::*;

const FIELDS: [&str; 6] = [
    r#""activation": 7"#,
    r#""tolerance": 0.3"#,
    r#""rounding": "nearest""#,
    r#""rounding": "truncate", "tolerance": 0.15, "activation": 3"#,
    r#""max-age": "1m", "age-indicator": "age", "max-age-add": 3"#,
    r#""placement": "spread""#,
];

fn configs() -> impl Iterator<Item = String> {
    FIELDS.into_iter().map(|fields| with(r#"{ "indicator": "waiting", "per-replica": 2.5 }"#, fields))
}

#[test]
fn never_outside_the_bounds_and_never_fewer_for_more() {
    for config in configs() {
        let mut policy = prepared(&config);
        for (desired, age, due) in (0..12).flat_map(|d| [(d, 30.0, true), (d, 90.0, true), (d, 90.0, false)]) {
            let mut after = |jobs: u32| {
                let seen = waiting(desired, f64::from(jobs)).series("age", [age]).bounds(2, 9);
                let verdict = policy.tick(seen.with(|seen| seen.due = due)).expect("a verdict");
                size(desired, &verdict)
            };
            let sizes: Vec<_> = (0..60).map(&mut after).collect();
            assert!(sizes.iter().all(|size| (2..=9).contains(size)), "{config} from {desired}: {sizes:?}");
            assert!(sizes.is_sorted(), "{config} from {desired}: {sizes:?}");
        }
    }
}

#[test]
fn under_a_constant_load_it_comes_to_rest_in_one_step() {
    let without_age = configs().filter(|config| !config.contains("max-age"));
    for config in without_age {
        for (desired, jobs) in (0..12).flat_map(|desired| (0..40).map(move |jobs| (desired, f64::from(jobs)))) {
            let first = size(desired, &verdict(&config, waiting(desired, jobs)));
            let second = size(first, &verdict(&config, waiting(first, jobs)));
            assert_eq!(first, second, "{config}: {jobs} jobs, {desired} replicas");
        }
    }
}

#[test]
fn without_data_it_never_moves() {
    for (config, desired) in configs().flat_map(|config| (0..12).map(move |desired| (config.clone(), desired))) {
        assert!(abstains(&verdict(&config, ObservationBuilder::new().desired(desired).absent("waiting"))));
    }
}

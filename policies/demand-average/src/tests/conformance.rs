//! Scenarios M1 to M16 of the behaviour that was recorded of the MASS autoscaler, as far as a policy sees them.

use super::*;

#[test]
fn m1_a_growing_average() {
    let mut service = Service::of(SHIPPED);
    let verdicts: Vec<_> = (0..8).map(|_| (service.load(10.0), service.desired)).collect();
    let sizes: Vec<_> = verdicts.iter().map(|(_, size)| *size).collect();
    assert_eq!(sizes, [5, 6, 7, 8, 8, 9, 9, 9]);
    let demands: Vec<_> = verdicts.iter().map(|(verdict, _)| format!("{:.8}", demand(verdict))).collect();
    let recorded =
        [5.1, 6.57, 7.599, 8.3193, 8.823_51, 9.176_457, 9.423_519_9, 9.596_463_93].map(|demand| format!("{demand:.8}"));
    assert_eq!(demands, recorded);
}

#[test]
fn m2_truncated_it_never_arrives() {
    let mut service = Service::of(SHIPPED);
    let sizes = service.sizes(&[10.0; 130]);
    assert_eq!(sizes.iter().max(), Some(&9));
    assert_eq!(demand(&service.load(10.0)).to_bits(), 9.999_999_999_999_996_f64.to_bits());
}

#[test]
fn m3_the_clamp_is_part_of_the_average() {
    let loads = [20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert_eq!(Service::of(SHIPPED).sizes(&loads), [8, 11, 14, 15, 15, 15, 10, 7, 5, 3, 3]);
}

#[test]
fn m4_several_series_are_added_up() {
    let mut service = Service::of(SHIPPED);
    let mut size = || {
        service.tick(service.seen().series("load", [4.0]).series("load", [6.0]));
        service.desired
    };
    assert_eq!([(); 8].map(|()| size()), [5, 6, 7, 8, 8, 9, 9, 9]);
}

/// What is scheduled on an instance that is offline does not reach the policy: that is the source's duty.
#[test]
fn m5_no_load_is_the_minimum() {
    assert_eq!(Service::of(SHIPPED).sizes(&[0.0; 3]), [3, 3, 3]);
}

#[test]
fn m6_the_documented_labels() {
    let config = r#"{ "indicator": "load", "rounding": "truncate", "start-demand": 6 }"#;
    let loads = [0.0, 0.0, 50.0, 50.0, 0.0, 0.0, 0.0];
    assert_eq!(Service::of(config).bounds(6, 10).sizes(&loads), [6, 6, 10, 10, 7, 6, 6]);
}

#[test]
fn m7_a_moving_average_grows_by_one_load_at_a_time() {
    let sizes = Service::of(&moving(15)).sizes(&[18.0; 15]);
    assert_eq!(sizes, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15, 15, 15]);
}

#[test]
fn m8_a_moving_average_of_four() {
    let loads = [8.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert_eq!(Service::of(&moving(4)).sizes(&loads), [4, 5, 6, 8, 8, 6, 4, 3, 3, 3]);
}

#[test]
fn m9_a_moving_average_of_one_is_the_load() {
    assert_eq!(Service::of(&moving(1)).sizes(&[7.0, 1.0, 40.0]), [7, 3, 15]);
}

#[test]
fn m10_the_start_demand_is_not_put_into_the_bounds() {
    let mut service = Service::of(r#"{ "indicator": "load", "rounding": "truncate", "start-demand": 1 }"#);
    let verdicts = [service.load(0.0), service.load(0.0)];
    assert_eq!((service.desired, verdicts.each_ref().map(again)), (3, [10, 30]));
}

#[test]
fn m11_a_new_maximum_acts_at_the_next_evaluation() {
    let mut service = Service::of(SHIPPED);
    let mut sizes = service.sizes(&[12.0; 3]);
    service = service.bounds(3, 5);
    sizes.extend(service.sizes(&[12.0; 3]));
    assert_eq!(sizes, [5, 7, 8, 5, 5, 5]);
}

#[test]
fn m12_a_minimum_above_the_maximum() {
    let mut service = Service::of(SHIPPED).bounds(9, 5);
    assert_eq!(service.sizes(&[0.0, 50.0]), [9, 5]);
}

#[test]
fn m13_the_next_evaluation() {
    let mut service = Service::of(SHIPPED);
    let growing = [service.load(10.0), service.load(10.0)];
    assert_eq!(growing.each_ref().map(again), [10, 30]);
    service.sizes(&[100.0; 9]);
    let shrinking = service.load(0.0);
    // From 15 to 10.5 the quotient is exactly 0.7, and the comparison is strict.
    assert_eq!((demand(&shrinking), again(&shrinking)), (10.5, 30));
}

/// M14 is the host's: it evaluates at the time that was asked for, and not before.
#[test]
fn m14_m15_evaluations_under_a_constant_load() {
    let mut service = Service::of(SHIPPED);
    let mut now = 0;
    let times = [(); 6].map(|()| {
        let evaluated = now;
        now += again(&service.load(10.0));
        evaluated
    });
    assert_eq!(times, [0, 10, 40, 70, 100, 130]);
}

/// The original's loop sleeps 5 s at least; whoever reads its labels has to ask for no less.
#[test]
fn m16_what_is_asked_for_after_big_changes() {
    let config = |min| format!(r#"{{ "indicator": "load", "min-interval": "{min}", "delta-threshold": 0 }}"#);
    let asked = |min| {
        let mut service = Service::of(&config(min));
        [10.0, 10.0, 10.0].map(|load| again(&service.load(load)))
    };
    assert_eq!((asked("5s"), asked("1s")), ([5, 5, 5], [1, 1, 1]));
}

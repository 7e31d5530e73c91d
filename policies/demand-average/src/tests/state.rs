//! What is remembered, and what becomes of it when the config changes.

use trimtab_policy_sdk::{FailureKind, RawState, StateChange};

use super::*;
use crate::memory::Memory;

fn state(service: &Service) -> &str {
    let state = service.policy.state().expect("a state");
    assert_eq!(state.layout, "trimtab.demand-average/1");
    str::from_utf8(&state.data).expect("JSON")
}

fn reload(service: Service, config: &str) -> Service {
    Service { policy: service.policy.reload(config).expect("a good config"), ..service }
}

#[test]
fn the_layout() {
    let mut service = Service::of(SHIPPED);
    service.load(10.0);
    assert_eq!(state(&service), r#"{"demand":5.1}"#);
    let mut service = Service::of(&moving(3));
    service.load(10.0);
    assert_eq!(state(&service), r#"{"demand":5.333333333333333,"history":{"loads":[10.0,3.0,3.0],"next":1}}"#);
}

#[test]
fn doubles_come_back_with_the_same_bits() {
    // Multiples of an irrational number, so that all bits are used; and the odd ones.
    let many = (1..2000).map(|n| f64::from(n) * std::f64::consts::E * 10f64.powi(n % 60 - 30));
    for demand in many.chain([0.0, -0.0, 5e-324, f64::MAX, 9.999_999_999_999_996, 0.1 + 0.2]) {
        let bytes = Memory { demand, history: None }.encode().expect("JSON");
        let read = Memory::decode(&bytes).expect("JSON").demand;
        assert_eq!(read.to_bits(), demand.to_bits(), "{demand}");
    }
}

#[test]
fn the_longest_window_of_the_longest_numbers_fits() {
    let config = moving(2000).replace('}', r#", "start-demand": 2.2250738585072014e-308 }"#);
    let mut service = Service::of(&config);
    for _ in 0..2000 {
        service.load(-2.225_073_858_507_201_4e-308);
    }
    assert!((48_000..64 * 1024).contains(&state(&service).len()), "{}", state(&service).len());
}

#[test]
fn what_has_arrived_is_not_stored_again() {
    let mut service = Service::of(SHIPPED);
    service.sizes(&[0.0; 2]);
    assert_eq!(service.load(0.0).state, StateChange::Keep);
}

#[test]
fn another_weight_goes_on_from_the_demand() {
    let mut service = Service::of(SHIPPED);
    service.load(10.0);
    let mut service = reload(service, &SHIPPED.replace('}', r#", "weight": 0.5 }"#));
    assert_eq!(demand(&service.load(10.0)), 10.0 * 0.5 + 5.1 * 0.5);
}

#[test]
fn another_window_begins_with_the_start_demand() {
    let mut service = Service::of(&moving(4));
    service.sizes(&[9.0; 5]);
    for (window, expected) in [(8, 3.75), (2, 6.0), (3, 5.0)] {
        service = reload(service, &moving(window));
        assert_eq!(demand(&service.load(9.0)), expected, "{window}");
    }
}

/// The original dies if the next place lies outside of the new window.
#[test]
fn a_window_may_shrink_at_any_time() {
    for loads in 0..15 {
        let mut service = Service::of(&moving(15)).bounds(0, 100);
        service.sizes(&vec![9.0; loads]);
        service = reload(service, &moving(2));
        let demands = [(); 3].map(|()| demand(&service.load(9.0)));
        assert_eq!(demands, [6.0, 9.0, 9.0], "after {loads} loads");
    }
}

#[test]
fn another_technique_goes_on_from_the_demand() {
    let mut service = Service::of(&moving(4));
    service.sizes(&[8.0; 3]);
    let mut service = reload(service, SHIPPED);
    assert_eq!(demand(&service.load(10.0)), 10.0 * 0.3 + 6.75 * (1.0 - 0.3));
    let mut service = reload(service, &moving(4));
    assert_eq!(demand(&service.load(10.0)), (10.0 + 3.0 * 3.0) / 4.0);
}

#[test]
fn a_state_of_another_layout_is_refused() {
    let state = RawState { layout: "trimtab.demand-average/0".to_owned(), data: b"{}".to_vec() };
    let seen = Service::of(SHIPPED).seen().build();
    let failure = trimtab_policy_sdk::export::evaluate::<DemandAverage>(&seen, SHIPPED, Some(state)).expect_err("no");
    assert_eq!(failure.kind, FailureKind::State);
}

//! From the demand to a number of replicas.

use super::*;
use crate::rounding::Rounding::{self, Ceil, Nearest, Truncate};

#[test]
fn each_rounding() {
    let all = |demand| [Truncate, Nearest, Ceil].map(|rounding: Rounding| rounding.apply(demand));
    assert_eq!(all(5.0), [5, 5, 5]);
    assert_eq!(all(5.1), [5, 5, 6]);
    assert_eq!(all(5.5), [5, 6, 6]);
    assert_eq!(all(9.999_999_999_999_996), [9, 10, 10]);
    assert_eq!(all(4.000_000_000_000_002), [4, 4, 4]);
    assert_eq!(all(4.000_01), [4, 4, 5]);
    assert_eq!(all(0.4), [0, 0, 1]);
    assert_eq!(all(0.0), [0, 0, 0]);
    assert_eq!(all(f64::from(u32::MAX)), [u32::MAX; 3]);
}

#[test]
fn the_nearest_is_the_default() {
    assert_eq!(Service::of(r#"{ "indicator": "load" }"#).sizes(&[10.0; 8]), [5, 7, 8, 8, 9, 9, 9, 10]);
}

#[test]
fn no_rounding_leaves_the_bounds() {
    for rounding in ["truncate", "nearest", "ceil"] {
        let config = format!(r#"{{ "indicator": "load", "rounding": "{rounding}" }}"#);
        assert_eq!(Service::of(&config).sizes(&[1e300, 1e300, 0.0, 0.0, 0.0, 0.0, 0.0, -1e300])[1..2], [15]);
        assert_eq!(Service::of(&config).sizes(&[-1e300, 0.0]), [3, 3]);
        assert_eq!(Service::of(&config).bounds(0, u32::MAX).sizes(&[1e300]), [u32::MAX]);
    }
}

/// The original divides by zero here, and dies with all its services.
#[test]
fn idle_for_long_it_goes_down_to_zero_and_comes_back() {
    let mut service = Service::of(&moving(15)).bounds(0, 15);
    service.sizes(&[0.0; 14]);
    let (falls, rests, rises) = (service.load(0.0), service.load(0.0), service.load(30.0));
    assert_eq!([&falls, &rests, &rises].map(demand), [0.0, 0.0, 2.0]);
    assert_eq!([&falls, &rests, &rises].map(again), [10, 30, 10]);
    let start = r#"{ "indicator": "load", "start-demand": 0, "technique": "moving" }"#;
    assert_eq!(Service::of(start).bounds(0, 15).sizes(&[0.0, 30.0]), [0, 2]);
}

//! The same IEEE doubles as the original's. The numbers are those of Python.

use super::*;

/// Load, demand, and milliseconds until the next evaluation.
type Expected = [(f64, u64, u32); 10];

const WEIGHT_0_3: Expected = [
    (82.0, 0x403a_b333_3333_3332, 10_000),
    (38.0, 0x403e_170a_3d70_a3d6, 30_000),
    (101.0, 0x4049_ae76_c8b4_3957, 10_000),
    (166.0, 0x4055_7043_2ca5_7a78, 10_000),
    (12.0, 0x404f_d05e_0b4e_11db, 30_000),
    (18.0, 0x4048_f841_d4b6_a619, 30_000),
    (137.0, 0x4053_03b0_a40c_ba22, 10_000),
    (24.0, 0x404e_385d_b278_37c8, 30_000),
    (93.0, 0x4051_8d53_fe76_e052, 30_000),
    (149.0, 0x4057_7621_3220_036c, 30_000),
];

const WEIGHT_0_07: Expected = [
    (14.0, 0x400e_28f5_c28f_5c29, 30_000),
    (129.0, 0x4029_127b_b2fe_c56e, 10_000),
    (54.0, 0x402e_e08c_a3e7_d136, 30_000),
    (9.0, 0x402d_f9ca_79b6_4f5e, 30_000),
    (22.0, 0x402e_f51b_05ac_1bba, 30_000),
    (111.0, 0x4036_2a4b_4909_a15f, 10_000),
    (107.0, 0x403c_1a88_9348_f4cc, 30_000),
    (17.0, 0x403b_538e_6003_d96c, 30_000),
    (61.0, 0x403d_aefc_ba92_f09a, 30_000),
    (23.0, 0x403d_3737_d679_4b47, 30_000),
];

const WINDOW_7: Expected = [
    (141.0, 0x4036_b6db_6db6_db6e, 10_000),
    (108.0, 0x4042_db6d_b6db_6db7, 10_000),
    (15.0, 0x4043_b6db_6db6_db6e, 30_000),
    (144.0, 0x404d_c924_9249_2492, 10_000),
    (31.0, 0x404f_c924_9249_2492, 30_000),
    (57.0, 0x4051_d249_2492_4925, 30_000),
    (161.0, 0x4057_76db_6db6_db6e, 30_000),
    (160.0, 0x4058_2492_4924_9249, 30_000),
    (149.0, 0x4059_9b6d_b6db_6db7, 30_000),
    (15.0, 0x4059_9b6d_b6db_6db7, 30_000),
];

#[test]
fn demands_are_equal_to_the_bit() {
    let weighted = r#"{ "indicator": "load", "rounding": "truncate", "weight": 0.07 }"#;
    for (config, expected) in [(SHIPPED, WEIGHT_0_3), (weighted, WEIGHT_0_07), (&moving(7), WINDOW_7)] {
        let mut service = Service::of(config).bounds(0, 1000);
        for (place, (load, bits, again_in)) in expected.into_iter().enumerate() {
            let verdict = service.load(load);
            let demanded = f64::from_bits(bits);
            assert_eq!(demand(&verdict).to_bits(), bits, "{config} at {place}: {} for {demanded}", demand(&verdict));
            assert_eq!(verdict.again_in, Some(again_in), "{config} at {place}");
            assert_eq!(service.desired, demanded as u32);
        }
    }
}

/// Where a constant load ends, from a start demand.
fn ends(rounding: &str, start: u32) -> [u32; 11] {
    let config = format!(r#"{{ "indicator": "load", "rounding": "{rounding}", "start-demand": {start} }}"#);
    [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map(|load| {
        let mut service = Service::of(&config);
        service.sizes(&[f64::from(load); 400]);
        service.desired
    })
}

/// With `old + w * (load - old)` or `old - w * old + w * load`, 6 and 12 are reached from above: see it fail so.
#[test]
fn truncated_a_constant_load_ends_one_below_or_by_rounding_errors() {
    assert_eq!(ends("truncate", 3), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    assert_eq!(ends("truncate", 15), [4, 5, 5, 7, 8, 9, 10, 11, 11, 13, 14]);
}

#[test]
fn otherwise_it_arrives() {
    let loads = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
    for (rounding, start) in [("nearest", 3), ("nearest", 15), ("ceil", 3), ("ceil", 15)] {
        assert_eq!(ends(rounding, start), loads, "{rounding} from {start}");
    }
}

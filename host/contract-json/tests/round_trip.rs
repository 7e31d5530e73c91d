//! What is written reads back as the same value, to the bit.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod random;

use contract_json::{decode, encode};
use random::Random;
use serde_json::Value;

const ROUNDS: u64 = 2_000;

/// Debug shows a float's sign and every digit, which `==` on -0.0 does not.
fn assert_same<T: PartialEq + std::fmt::Debug>(
    original: &T,
    encode: impl Fn(&T, &mut String),
    decode: impl Fn(&Value) -> Result<T, contract_json::DecodeError>,
) {
    let mut json = String::new();
    encode(original, &mut json);
    let value: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error} in {json}"));
    let back = decode(&value).unwrap_or_else(|error| panic!("{error} in {json}"));
    assert_eq!(format!("{original:?}"), format!("{back:?}"), "{json}");
    let mut again = String::new();
    encode(&back, &mut again);
    assert_eq!(json, again);
}

#[test]
fn every_type_reads_back() {
    let mut random = Random(1);
    for _ in 0..ROUNDS {
        assert_same(&random.observation(), encode::observation, decode::observation);
        assert_same(&random.verdict(), encode::verdict, decode::verdict);
        assert_same(&random.failure(), encode::failure, decode::failure);
        assert_same(&random.state(), encode::state, decode::state);
        assert_same(&random.descriptor(), encode::descriptor, decode::descriptor);
        assert_same(&random.input(), encode::input, decode::input);
        assert_same(&random.attribute(), encode::attribute, decode::attribute);
    }
}

#[test]
fn a_quiet_verdict_is_short() {
    use scaling_core::verdict::{Decision, Stance, Verdict};
    let mut json = String::new();
    encode::verdict(&Verdict::new(Decision::Hold(Stance::Steady), "as it should be"), &mut json);
    assert_eq!(json, r#"{"decision":{"hold":"steady"},"reason":"as it should be"}"#);
}

#[test]
fn every_field_and_case_has_the_name_of_the_wit() {
    let wit = include_str!("../../../wit/policy.wit");
    let mut random = Random(2);
    let mut names = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let (mut one, mut two, mut three) = (String::new(), String::new(), String::new());
        encode::observation(&random.observation(), &mut one);
        encode::verdict(&random.verdict(), &mut two);
        encode::descriptor(&random.descriptor(), &mut three);
        for json in [one, two, three] {
            collect(&serde_json::from_str(&json).unwrap(), &mut names);
        }
    }
    assert!(names.len() > 70, "{names:?}");
    for name in names {
        let is_field = wit.contains(&format!("{name}:"));
        let is_case = wit.contains(&format!("{name}("))
            || wit.contains(&format!(" {name} "))
            || wit.contains(&format!(" {name},"));
        assert!(is_field || is_case, "`{name}` is not in policy.wit");
    }
}

fn collect(value: &Value, names: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            names.insert(name.clone());
            collect(value, names);
        }),
        Value::Array(list) => list.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}

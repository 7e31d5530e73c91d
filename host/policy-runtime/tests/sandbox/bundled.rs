//! An ordinary policy, built by an ordinary toolchain with the SDK.

use std::sync::Arc;

use policy_runtime::{Call, PrepareError};
use scaling_core::observation::{Quality, Sample, Series, Subject};
use scaling_core::units::Value;
use scaling_core::verdict::Decision;

use crate::stage::{observation, runtime};

const CONFIG: &str =
    r#"{"rules": [{"indicator": "load", "function": "last", "add": {"operator": "greater-than", "threshold": 5}}]}"#;

#[test]
fn the_bundled_policy_decides() {
    let policy = runtime().load(bundled_policies::QOS_RULES).unwrap();
    let inputs = policy.prepare_blocking(CONFIG).unwrap();
    assert_eq!(inputs.iter().map(|input| input.name.as_str()).collect::<Vec<_>>(), ["load"]);

    let mut observation = observation();
    let sample = Sample { at: observation.now, value: Value::new(10.0).unwrap() };
    observation.series.push(Series {
        name: "load".to_owned(),
        subject: Subject::Target,
        quality: Quality::Fresh,
        samples: vec![sample],
        attributes: Vec::new(),
    });
    let evaluated =
        policy.evaluate_blocking(&Call { observation: Arc::new(observation), config: CONFIG.into(), prior: None });
    let verdict = evaluated.outcome.unwrap();
    assert!(matches!(verdict.decision, Decision::Add(_)), "{verdict:?}");
    assert!(evaluated.remarks.is_empty(), "{:?}", evaluated.remarks);
}

#[test]
fn its_issues_arrive_with_their_pointers() {
    let policy = runtime().load(bundled_policies::QOS_RULES).unwrap();
    let PrepareError::Issues(issues) = policy.prepare_blocking(r#"{"rules": 7}"#).unwrap_err() else {
        panic!("it failed instead of naming issues");
    };
    assert_eq!(issues[0].pointer, "/rules");
}

//! What a line may leave out, and what it then means.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use contract_json::{Carried, DEFAULT_INTERVAL, EvalLine, FIRST_NOW, decode, encode};
use scaling_core::observation::{AgentState, Bounds, Observation, Quality, ReplicaState, Subject};
use scaling_core::seed::seed;
use scaling_core::units::Timestamp;
use scaling_core::verdict::{Decision, Placement, Removal, Verdict};
use serde_json::{Value, json};

fn first(line: &Value) -> Observation {
    EvalLine::decode(line, &Carried::default()).unwrap().observation
}

#[test]
fn the_shortest_line_of_the_issue() {
    let seen = first(&json!({"desired": 3, "series": [{"name": "load", "samples": [10]}]}));
    assert_eq!((seen.tick, seen.now, seen.due, seen.interval), (1, FIRST_NOW, true, DEFAULT_INTERVAL));
    assert_eq!((seen.desired, seen.bounds), (3, Bounds { min: 0, max: u32::MAX }));
    assert_eq!(seen.seed, seed(&seen.target, 1));
    assert!(seen.replicas.is_empty());
    let load = &seen.series[0];
    assert_eq!((&load.subject, load.quality), (&Subject::Target, Quality::Fresh));
    assert_eq!((load.samples[0].at, load.samples[0].value.get()), (FIRST_NOW, 10.0));
}

#[test]
fn bare_numbers_are_an_interval_apart_and_the_last_is_now() {
    let seen = first(&json!({"now": 100_000, "interval": 1000, "series": [{"name": "load", "samples": [1, 2.5, 3]}]}));
    let at: Vec<u64> = seen.series[0].samples.iter().map(|sample| sample.at.0).collect();
    assert_eq!(at, [98_000, 99_000, 100_000]);
}

#[test]
fn a_series_without_samples_is_absent() {
    assert_eq!(first(&json!({"series": [{"name": "load"}]})).series[0].quality, Quality::Absent);
}

#[test]
fn short_replicas_and_agents_are_completed_and_sorted() {
    let seen = first(&json!({
        "replicas": [{"id": "b", "agent": "n1"}, {"id": "a", "agent": "n1", "state": "failed"}],
        "agents": [{"id": "n2", "replicas": 7}, {"id": "n1"}],
    }));
    assert_eq!(seen.replicas[1].id.as_str(), "b");
    assert_eq!((seen.replicas[1].state, seen.replicas[1].since), (ReplicaState::Ready, FIRST_NOW));
    let n1 = &seen.agents[0];
    assert_eq!((n1.id.as_str(), n1.state, n1.installed, n1.replicas), ("n1", AgentState::Open, true, 1));
    assert_eq!(seen.agents[1].replicas, 7);
}

#[test]
fn a_line_goes_on_from_the_one_before() {
    let mut carried = Carried::default();
    let mut answer = |line: Value, decision: Option<Decision>| {
        let line = EvalLine::decode(&line, &carried).unwrap();
        let verdict = decision.map(|decision| Verdict::new(decision, ""));
        carried.step(&line.observation, verdict.as_ref());
        (line.observation.tick, line.observation.now.0 - FIRST_NOW.0, line.observation.desired)
    };
    let add = |count| Some(Decision::Add(vec![Placement { agent: None, count }]));
    assert_eq!(answer(json!({"bounds": {"min": 2, "max": 5}}), add(1)), (1, 0, 2));
    assert_eq!(answer(json!({"bounds": {"max": 5}}), add(4)), (2, 10_000, 3));
    assert_eq!(answer(json!({"interval": 1000}), Some(Decision::Remove(vec![Removal::Any(9)]))), (3, 11_000, 5));
    assert_eq!(answer(json!({"now": FIRST_NOW.0 + 60_000, "tick": 10}), None), (10, 60_000, 0));
    assert_eq!(answer(json!({"desired": 4}), None), (11, 70_000, 4));
    assert_eq!(answer(json!({}), None), (12, 80_000, 4));
}

#[test]
fn a_look_without_an_evaluation_is_no_tick() {
    let mut carried = Carried::default();
    carried.hold(&first(&json!({"desired": 3})));
    let next = EvalLine::decode(&json!({}), &carried).unwrap().observation;
    assert_eq!((next.tick, next.now.0 - FIRST_NOW.0, next.desired), (1, 10_000, 3));
}

#[test]
fn time_does_not_go_back() {
    let mut carried = Carried::default();
    carried.step(&first(&json!({"now": 5000})), None);
    let error = EvalLine::decode(&json!({"now": 4999}), &carried).unwrap_err();
    assert_eq!(error.to_string(), "/now: `now` never decreases; the line before was at 5000");
}

#[test]
fn a_config_is_handed_on() {
    let line = EvalLine::decode(&json!({"config": {"rules": []}}), &Carried::default()).unwrap();
    assert_eq!(line.config, Some(json!({"rules": []})));
}

#[test]
fn a_whole_observation_is_a_line() {
    let mut seen = first(&json!({
        "tick": 4, "now": 9000, "due": false, "interval": 500, "seed": u64::MAX, "target": "web", "desired": 2,
        "replicas": [{"id": "a", "since": 1, "usage": {"jobs": 0}}],
    }));
    seen.interval = Duration::from_millis(500);
    let mut json = String::new();
    encode::observation(&seen, &mut json);
    let value = serde_json::from_str(&json).unwrap();
    assert_eq!(decode::observation(&value).unwrap(), seen);
    assert_eq!(first(&value), seen);
    assert_eq!(seen.replicas[0].since, Timestamp(1));
}

//! A fake policy shows what it was asked; the real one is asked in `tests/policy_eval.rs`.

use std::time::Duration;

use policy_runtime::{Call, Evaluated, PrepareError};
use scaling_core::failure::{FailureKind, PolicyFailure};
use scaling_core::observation::{Input, SubjectKind};
use scaling_core::verdict::{ConfigIssue, Decision, Placement, State, StateChange, Verdict};
use serde_json::{Value, json};

use super::{EvalError, Evaluator, Session, answer_lines};

/// Adds one at every line, counts in its state, and fails at a load of 13.
struct Counting;

impl Evaluator for Counting {
    fn prepare(&self, config: &str) -> Result<Vec<Input>, PrepareError> {
        let config: Value = serde_json::from_str(config).unwrap();
        if config.get("bad").is_some() {
            let issue = ConfigIssue { pointer: "/bad".to_owned(), message: "expected nothing here".to_owned() };
            return Err(PrepareError::Issues(vec![issue]));
        }
        let (name, required) = ("load".to_owned(), config.get("required").is_some());
        Ok(vec![Input { name, subject: SubjectKind::Target, window: Duration::ZERO, required }])
    }

    fn evaluate(&self, call: &Call) -> Evaluated {
        let seen = &call.observation;
        let outcome = if seen.series.iter().any(|series| series.samples[0].value.get() == 13.0) {
            Err(PolicyFailure { kind: FailureKind::Input, message: "unlucky".to_owned() })
        } else {
            let count = call.prior.as_ref().map_or(0, |state| state.data[0]) + 1;
            let reason = format!("tick {} desired {} config {} count {count}", seen.tick, seen.desired, call.config);
            let mut verdict = Verdict::new(Decision::Add(vec![Placement { agent: None, count: 1 }]), reason);
            verdict.state = StateChange::Set(State { layout: "count/1".to_owned(), data: vec![count] });
            Ok(verdict)
        };
        Evaluated {
            outcome,
            fuel: 42,
            elapsed: Duration::ZERO,
            instantiate: Duration::ZERO,
            memory_bytes: 0,
            log: Vec::new(),
            log_dropped: 0,
            remarks: Vec::new(),
        }
    }
}

fn answers(config: Option<&Value>, lines: &str) -> Vec<Value> {
    let session = Session::new(Counting, config).unwrap();
    let mut output = Vec::new();
    answer_lines(session, lines.as_bytes(), &mut output, std::io::sink()).unwrap();
    String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn reason(answer: &Value) -> &str {
    answer["verdict"]["reason"].as_str().unwrap()
}

#[test]
fn the_size_and_the_state_are_carried_on() {
    let answers = answers(None, "{\"desired\": 3}\n\n   \n{}\n{\"bounds\": {\"max\": 5}}\n{}");
    let reasons: Vec<&str> = answers.iter().map(reason).collect();
    assert_eq!(
        reasons,
        [
            "tick 1 desired 3 config {} count 1",
            "tick 2 desired 4 config {} count 2",
            "tick 3 desired 5 config {} count 3",
            "tick 4 desired 5 config {} count 4",
        ]
    );
    assert_eq!(answers[0]["fuel"], 42);
    assert_eq!(answers[0]["verdict"]["decision"], json!({"add": [{"count": 1}]}));
    assert_eq!(answers[0]["verdict"]["state"], json!({"set": {"layout": "count/1", "data": "AQ=="}}));
}

#[test]
fn a_failure_keeps_state_and_size() {
    let answers = answers(None, "{\"desired\": 3}\n{\"series\": [{\"name\": \"load\", \"samples\": [13]}]}\n{}");
    assert_eq!(answers[1], json!({"failure": {"kind": "input", "message": "unlucky"}, "fuel": 42}));
    assert_eq!(reason(&answers[2]), "tick 3 desired 4 config {} count 2");
}

#[test]
fn a_bad_line_is_told_and_does_not_count() {
    let answers = answers(None, "{\"desired\": 3}\n{\"desird\": 9}\nnot json\n\u{feff}{}\n{}");
    assert_eq!(answers[1]["error"]["kind"], "line");
    assert_eq!(answers[1]["error"]["pointer"], "/desird");
    assert_eq!(answers[1]["error"]["message"], "/desird: `desird` is not known here; did you mean `desired`?");
    assert_eq!(answers[2]["error"]["kind"], "line");
    assert_eq!(reason(&answers[4]), "tick 2 desired 4 config {} count 2");
}

#[test]
fn a_config_holds_from_its_line_on_and_a_bad_one_changes_nothing() {
    let lines = "{}\n{\"config\": {\"a\": 1}}\n{\"config\": {\"bad\": 1}}\n{}";
    let answers = answers(Some(&json!({"z": 0})), lines);
    assert_eq!(reason(&answers[0]), "tick 1 desired 0 config {\"z\":0} count 1");
    assert_eq!(reason(&answers[1]), "tick 2 desired 1 config {\"a\":1} count 2");
    assert_eq!(answers[2]["error"]["kind"], "config");
    assert_eq!(answers[2]["error"]["issues"], json!([{"pointer": "/bad", "message": "expected nothing here"}]));
    assert_eq!(reason(&answers[3]), "tick 3 desired 2 config {\"a\":1} count 3");
}

#[test]
fn a_required_input_that_is_absent_holds_without_a_call() {
    let lines = "{\"desired\": 3}\n{\"series\": [{\"name\": \"load\"}]}\n{\"series\": [{\"name\": \"load\", \"samples\": [1]}]}";
    let answers = answers(Some(&json!({"required": true})), lines);
    assert_eq!(answers[0]["error"]["kind"], "required-absent");
    assert_eq!(answers[1]["error"]["kind"], "required-absent");
    assert_eq!(reason(&answers[2]), "tick 1 desired 3 config {\"required\":true} count 1");
}

#[test]
fn a_bad_config_at_the_start_is_unusable() {
    let error = Session::new(Counting, Some(&json!({"bad": 1}))).err().unwrap();
    assert!(matches!(error, EvalError { kind: "config", .. }), "{error:?}");
    assert_eq!(error.message, "the policy refused its config: /bad: expected nothing here");
}

//! What a policy is asked beside verdicts: `prepare` and `migrate`.

use std::time::Duration;

use policy_runtime::{Policy, PrepareError};
use scaling_core::failure::FailureKind;
use scaling_core::observation::{Input, SubjectKind};
use scaling_core::verdict::{ConfigIssue, State};

use crate::guest::{Guest, OTHER_ANSWER, byte, text, word};
use crate::stage::runtime;

const LIST: u32 = 4096;

fn answer(doing: &[String]) -> String {
    format!("{} (i32.const {OTHER_ANSWER})", doing.join(" "))
}

fn preparing(doing: &[String]) -> Result<Vec<Input>, PrepareError> {
    let guest = Guest { prepare: answer(doing), ..Guest::default() };
    runtime().load(&guest.build()).unwrap().prepare_blocking("{}")
}

/// An input `load` about agents, at `at` in the list.
fn input(at: u32, window_ms: u32) -> Vec<String> {
    vec![text(LIST + at, 520, 4), byte(LIST + at + 8, 1), word(LIST + at + 12, window_ms), byte(LIST + at + 16, 1)]
}

fn invalid(prepared: Result<Vec<Input>, PrepareError>) -> String {
    let Err(PrepareError::Failed(failure)) = prepared else { panic!("{prepared:?}") };
    assert_eq!(failure.kind, FailureKind::Invalid);
    failure.message
}

#[test]
fn inputs_arrive() {
    let inputs = preparing(&[vec![text(OTHER_ANSWER + 4, LIST, 1)], input(0, 60_000)].concat()).unwrap();
    let expected =
        Input { name: "load".to_owned(), subject: SubjectKind::Agent, window: Duration::from_secs(60), required: true };
    assert_eq!(inputs, [expected]);
}

#[test]
fn inputs_that_make_no_sense_are_invalid() {
    let twice = preparing(&[vec![text(OTHER_ANSWER + 4, LIST, 2)], input(0, 1), input(20, 2)].concat());
    assert_eq!(invalid(twice), r#"inputs[1] asks for "load" of the same subject a second time"#);
    let forever = preparing(&[vec![text(OTHER_ANSWER + 4, LIST, 1)], input(0, u32::MAX)].concat());
    assert!(invalid(forever).starts_with(r#"inputs[0] ("load") reaches back"#));
    let nameless = preparing(&[text(OTHER_ANSWER + 4, LIST, 1)]);
    assert!(invalid(nameless).starts_with("inputs[0] has a name of 0 bytes"));
    let many = preparing(&[text(OTHER_ANSWER + 4, LIST, 65)]);
    assert_eq!(invalid(many), "it asks for 65 inputs; expected at most 64");
}

#[test]
fn issues_arrive_and_a_refusal_has_some() {
    let refusal = [byte(OTHER_ANSWER, 1), text(OTHER_ANSWER + 4, LIST, 1), text(LIST, 512, 2), text(LIST + 8, 520, 4)];
    let issue = ConfigIssue { pointer: "a1".to_owned(), message: "load".to_owned() };
    assert_eq!(preparing(&refusal), Err(PrepareError::Issues(vec![issue])));
    assert_eq!(invalid(preparing(&[byte(OTHER_ANSWER, 1)])), "it refused its config without naming an issue");
}

fn migrating(doing: &[String]) -> Policy {
    let guest = Guest { migrate: answer(doing), ..Guest::default() };
    runtime().load(&guest.build()).unwrap()
}

fn state(layout: &str, data: &[u8]) -> State {
    State { layout: layout.to_owned(), data: data.to_vec() }
}

/// `ok(some(state))` of a layout of `length` bytes that begins like "test.state/1".
fn migrated(length: u32) -> [String; 3] {
    [byte(OTHER_ANSWER + 4, 1), text(OTHER_ANSWER + 8, 544, length), text(OTHER_ANSWER + 16, 512, 2)]
}

#[test]
fn a_state_is_migrated() {
    let old = state("load", b"old");
    assert_eq!(migrating(&migrated(12)).migrate_blocking("{}", &old), Ok(Some(state("test.state/1", b"a1"))));
    assert_eq!(migrating(&[]).migrate_blocking("{}", &old), Ok(None));
    let failure = migrating(&migrated(10)).migrate_blocking("{}", &old).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Invalid, "{failure}");
}

#[test]
fn only_declared_layouts_are_migrated() {
    let failure = migrating(&[]).migrate_blocking("{}", &state("test.state/0", b"")).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Host);
    assert!(failure.message.contains("test.state/0"), "{failure}");
}

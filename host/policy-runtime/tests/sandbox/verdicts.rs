//! Verdicts that are well-formed and wrong.

use policy_runtime::{Dropped, Remark};
use scaling_core::failure::FailureKind;
use scaling_core::units::AgentId;
use scaling_core::verdict::{Decision, Placement, State, StateChange};

use crate::guest::{AGAIN_IN, ATTRIBUTES, CHANGES, DECISION, Guest, REASON, SIGNALS, STATE, byte, text, word};
use crate::stage::{all_is_well, call, evaluate_in, failure_in, runtime};

/// Where the cases put their lists.
const LIST: u32 = 4096;
const NAN: &str = "(f64.store (i32.const 4104) (f64.const nan))";

fn answers(doing: &[String]) -> Guest {
    Guest::answering(&doing.join(" "))
}

fn adds(placement: &[String]) -> Guest {
    answers(&[&[byte(DECISION, 1), text(CHANGES, LIST, 1)], placement].concat())
}

fn removes(removals: u32, fields: &[String]) -> Guest {
    answers(&[&[byte(DECISION, 2), text(CHANGES, LIST, removals)], fields].concat())
}

/// `r1` is not among the guest's texts; it is written where it is needed.
fn r1() -> String {
    word(4200, u32::from_le_bytes(*b"r1\0\0"))
}

fn is_invalid(guest: &Guest, message: &str) {
    assert_eq!(failure_in(runtime(), guest), (FailureKind::Invalid, message.to_owned()));
    all_is_well(runtime());
}

#[test]
fn a_good_placement_arrives() {
    let placement =
        [byte(LIST, 1), text(LIST + 4, 512, 2), word(LIST + 12, 3), byte(AGAIN_IN, 1), word(AGAIN_IN + 4, 500)];
    let verdict = evaluate_in(runtime(), &adds(&placement)).outcome.unwrap();
    assert_eq!(verdict.decision, Decision::Add(vec![Placement { agent: Some(AgentId::from("a1")), count: 3 }]));
    assert_eq!(verdict.again_in, Some(std::time::Duration::from_millis(500)));
}

#[test]
fn placements_that_make_no_sense_are_invalid() {
    is_invalid(&adds(&[]), "add[0] has count 0; expected at least 1");
    let nowhere = [byte(LIST, 1), text(LIST + 4, 520, 4), word(LIST + 12, 1)];
    is_invalid(&adds(&nowhere), r#"add[0] names agent "load", which is not observed"#);
    let unlimited = [word(LIST + 12, u32::MAX)];
    is_invalid(&adds(&unlimited), "add of 4294967295 replicas in all to 1 is more than can be counted");
    is_invalid(&answers(&[byte(DECISION, 1)]), "add without a placement; expected at least one, or hold");
}

#[test]
fn victims_that_make_no_sense_are_invalid() {
    let unknown = [text(LIST + 4, 512, 2)];
    is_invalid(&removes(1, &unknown), r#"remove[0] names replica "a1", which is not observed"#);
    let twice = [r1(), text(LIST + 4, 4200, 2), text(LIST + 20, 4200, 2)];
    is_invalid(&removes(2, &twice), r#"remove[1] names replica "r1" a second time"#);
    is_invalid(&removes(1, &[byte(LIST, 2)]), "remove[0] has count 0; expected at least 1");
    is_invalid(&removes(1, &[byte(LIST, 2), word(LIST + 4, 2)]), "remove of 2 replicas in all; there are 1");
}

#[test]
fn a_state_of_another_layout_is_invalid() {
    let other = [byte(STATE, 1), text(STATE + 4, 520, 4), text(STATE + 12, 512, 2)];
    is_invalid(
        &answers(&other),
        r#"it set a state of layout "load"; expected "test.state/1" as its descriptor declares"#,
    );
    let big = [byte(STATE, 1), text(STATE + 4, 544, 12), text(STATE + 12, 512, 65_537)];
    is_invalid(&answers(&big), "it set a state of 65537 bytes; expected at most 65536");
}

#[test]
fn a_good_state_arrives_and_a_foreign_one_is_not_given() {
    let guest = answers(&[byte(STATE, 1), text(STATE + 4, 544, 12), text(STATE + 12, 512, 2)]);
    let policy = runtime().load(&guest.build()).unwrap();
    let state = State { layout: "test.state/1".to_owned(), data: b"a1".to_vec() };
    assert_eq!(policy.evaluate_blocking(&call()).outcome.unwrap().state, StateChange::Set(state.clone()));

    let mut next = call();
    next.prior = Some(state.clone());
    assert!(policy.evaluate_blocking(&next).outcome.is_ok());
    next.prior = Some(State { layout: "test.state/0".to_owned(), ..state });
    assert_eq!(policy.evaluate_blocking(&next).outcome.unwrap_err().kind, FailureKind::Host);
}

#[test]
fn odd_signals_are_left_out_and_the_decision_stands() {
    // load = NaN, a1 = 0 (nobody declared it), load = 0, load = 0 (again)
    let signals = [
        text(SIGNALS, LIST, 4),
        text(LIST, 520, 4),
        NAN.to_owned(),
        text(LIST + 16, 512, 2),
        text(LIST + 32, 520, 4),
        text(LIST + 48, 520, 4),
    ];
    let evaluated = evaluate_in(runtime(), &answers(&signals));
    let verdict = evaluated.outcome.unwrap();
    assert_eq!(verdict.signals.len(), 1);
    assert_eq!(verdict.signals[0].value.get(), 0.0);
    let dropped = |name: &str, why| Remark::SignalDropped { name: name.to_owned(), why };
    let expected =
        [dropped("load", Dropped::NotFinite), dropped("a1", Dropped::Undeclared), dropped("load", Dropped::Twice)];
    assert_eq!(evaluated.remarks, expected);
}

#[test]
fn attributes_are_sorted_and_kept_once() {
    // load = false, a1 = false, load = false, "" = false; a record has 24 bytes
    let keys = [(520, 4), (512, 2), (520, 4), (512, 0)];
    let records = keys.iter().zip(0..).map(|((at, length), n)| text(LIST + 24 * n, *at, *length));
    let doing: Vec<String> = records.chain([text(ATTRIBUTES, LIST, 4)]).collect();
    let evaluated = evaluate_in(runtime(), &answers(&doing));
    let verdict = evaluated.outcome.unwrap();
    let kept: Vec<&str> = verdict.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!(kept, ["a1", "load"]);
    let dropped = |key: &str, why| Remark::AttributeDropped { key: key.to_owned(), why };
    assert_eq!(evaluated.remarks, [dropped("", Dropped::TooLong), dropped("load", Dropped::Twice)]);
}

#[test]
fn a_long_reason_is_cut_between_characters() {
    // "a" and then 2,000 times "é" (c3 a9): byte 1024 is in the middle of one.
    let fill = "(local $i i32) (i32.store8 (i32.const 8191) (i32.const 97)) (local.set $i (i32.const 8192))
        (loop $l (i32.store16 (local.get $i) (i32.const 0xa9c3)) (local.set $i (i32.add (local.get $i) (i32.const 2)))
            (br_if $l (i32.lt_u (local.get $i) (i32.const 12192))))";
    let evaluated = evaluate_in(runtime(), &Guest::answering(&format!("{fill} {}", text(REASON, 8191, 4001))));
    assert_eq!(evaluated.outcome.unwrap().reason.len(), 1023);
    assert_eq!(evaluated.remarks, [Remark::ReasonCut { bytes: 4001 }]);
}

#[test]
fn the_policys_own_failure_is_told_apart() {
    // err(failure { kind: state, message: "load" })
    let guest = answers(&[byte(DECISION - 4, 1), byte(DECISION, 2), text(DECISION + 4, 520, 4)]);
    assert_eq!(failure_in(runtime(), &guest), (FailureKind::State, "load".to_owned()));
}

//! What is said of an order, by what was seen and heard since.

use scaling_core::units::Timestamp;
use serde_json::{Value, json};

use super::course::{Course, Ending, Ordered};
use super::fate::Fate;
use super::look::Look;

const ORDERED: u64 = 1_000_000;

/// As the daemon tells of a target `w` so many milliseconds after the order: `replicas` are name, state, and since when.
fn look(after: u64, desired: u32, pending: u32, replicas: &[(&str, &str, u64)]) -> Value {
    let now = ORDERED + after;
    let replicas: Vec<Value> =
        replicas.iter().map(|(id, state, since)| json!({"id": id, "state": state, "since": ORDERED + since})).collect();
    json!({
        "now": now, "condition": "fixed", "pending": pending, "paused": false, "dry-run": false, "drift": {},
        "observation": {
            "tick": 1, "now": now, "interval": 1000, "seed": 1, "target": "w", "bounds": {"min": 0, "max": 20},
            "desired": desired, "replicas": replicas,
        },
        "decision": {
            "now": now, "before": desired, "desired": desired,
            "reasons": [{"kind": "OperatorSize", "from": desired, "to": desired, "message": "so it is"}],
        },
        "orders": {"size": {"replicas": desired, "at": ORDERED, "by": "root"}},
    })
}

fn read(whole: &Value) -> Look {
    Look::read(whole).unwrap()
}

fn course(wanted: u32, before: &[(&str, &str, u64)]) -> Course {
    let ordered = Ordered { target: "w".to_owned(), replicas: wanted, at: Timestamp(ORDERED) };
    let mut whole = look(0, before.len() as u32, 0, before);
    whole["orders"] = json!({});
    Course::begin(ordered, read(&whole))
}

fn news(kind: &str, replica: &str, message: &str) -> Value {
    json!({"id": 7, "kind": kind, "body": {"replica": replica, "message": message}})
}

fn told(course: &Course) -> Vec<String> {
    course.fates().map(|(name, _, fate)| fate.told(name, course.look().now)).collect()
}

#[test]
fn nothing_is_over_before_a_tick_has_seen_the_order() {
    let course = course(2, &[("w-1", "ready", 0), ("w-2", "ready", 0)]);
    assert_eq!(course.ending(), None);
    assert_eq!(course.progress(true), "w: 2 running, 2 ordered");
}

#[test]
fn drains_are_waited_for_and_each_is_told_with_its_time() {
    let mut course = course(1, &[("w-1", "ready", 0), ("w-9", "ready", 0), ("w-10", "ready", 0)]);
    let mut going = look(250_000, 1, 1, &[("w-1", "ready", 0), ("w-9", "draining", 0), ("w-10", "draining", 0)]);
    going["observation"]["replicas"][1]["usage"] = json!({"jobs": 1});
    course.seen(read(&going));
    assert_eq!(course.ending(), None);
    assert_eq!(course.progress(true), "w: 1 of 1 running, 2 draining (w-9 busy 4m 10s, w-10 4m 10s)");
    assert_eq!(course.progress(false), "w: 1 of 1 running, 2 draining (w-9 busy, w-10)");
    course.seen(read(&look(372_000, 1, 0, &[("w-1", "ready", 0)])));
    assert_eq!(course.ending(), Some(Ending::Done));
    assert_eq!(told(&course), ["w-1 was running already", "w-9 stopped after 6m 12s", "w-10 stopped after 6m 12s"]);
}

#[test]
fn a_drain_that_timed_out_is_no_success() {
    let mut course = course(0, &[("w-1", "ready", 0)]);
    course.seen(read(&look(10, 0, 1, &[("w-1", "draining", 0)])));
    course.heard(&news("drain-timed-out", "w-1", "w-1 was killed by systemd: its drain timed out"));
    course.seen(read(&look(700_000, 0, 0, &[])));
    assert_eq!(course.ending(), Some(Ending::PartFailed));
    assert_eq!(told(&course), ["w-1 was killed by systemd: its drain timed out (after 11m 40s)"]);
}

#[test]
fn a_start_that_failed_is_told_at_once_and_not_waited_for() {
    let mut course = course(2, &[("w-1", "ready", 0)]);
    let said = course.heard(&news("start-failed", "w-2", "w-2 did not start: no memory; it is tried again in 1s"));
    assert_eq!(said.as_deref(), Some("w-2 did not start: no memory; it is tried again in 1s"));
    // Between two tries, or after one: the same.
    for state in ["starting", "failed"] {
        course.seen(read(&look(900, 2, 1, &[("w-1", "ready", 0), ("w-2", state, 0)])));
        assert_eq!(course.ending(), Some(Ending::PartFailed), "{state}");
    }
    course.seen(read(&look(2100, 2, 0, &[("w-1", "ready", 0), ("w-2", "ready", 2000)])));
    assert_eq!(course.ending(), Some(Ending::Done), "the second try went well");
    assert_eq!(told(&course)[1], "w-2 started after 2s");
}

#[test]
fn one_that_fails_does_not_hide_one_that_still_drains() {
    let mut course = course(1, &[("w-1", "failed", 0), ("w-2", "draining", 0)]);
    course.seen(read(&look(900, 1, 0, &[("w-1", "failed", 0), ("w-2", "draining", 0)])));
    assert_eq!(course.ending(), None);
    assert_eq!(course.progress(false), "w: 0 of 1 running, 1 failed, 1 draining (w-2)");
    course.seen(read(&look(1900, 1, 0, &[("w-1", "failed", 0)])));
    assert_eq!(course.ending(), Some(Ending::PartFailed));
}

#[test]
fn a_number_that_was_given_up_for_another_is_told_and_no_failure() {
    let mut course = course(1, &[]);
    course.seen(read(&look(10, 1, 1, &[("w-1", "starting", 0)])));
    course.heard(&news("start-failed", "w-1", "w-1 did not start: masked"));
    course.seen(read(&look(3000, 1, 0, &[("w-2", "ready", 2500)])));
    assert_eq!(course.ending(), Some(Ending::Done));
    assert_eq!(told(&course), ["w-1 did not start: masked", "w-2 started after 2s"]);
}

#[test]
fn a_drain_taken_back_is_neither_stopped_nor_new() {
    let mut course = course(2, &[("w-1", "ready", 0), ("w-2", "draining", 0)]);
    course.seen(read(&look(500, 2, 0, &[("w-1", "ready", 0), ("w-2", "ready", 400)])));
    let fates: Vec<Fate> = course.fates().map(|(_, _, fate)| fate).collect();
    assert_eq!(fates, [Fate::RanAlready, Fate::TakenBack]);
    assert_eq!((course.ending(), course.ran_already()), (Some(Ending::Done), 1));
}

#[test]
fn what_could_not_be_enabled_or_disabled_is_a_failure_of_what_else_worked() {
    let mut course = course(0, &[("w-1", "ready", 0)]);
    course.heard(&news("boot-failed", "w-1", "w-1 could not be disabled: read-only file system"));
    course.seen(read(&look(50, 0, 0, &[])));
    assert_eq!(told(&course), ["w-1 stopped at once"]);
    assert_eq!(course.ending(), Some(Ending::PartFailed));
}

#[test]
fn an_order_that_another_took_the_place_of_is_void() {
    let mut course = course(3, &[]);
    let same = json!({"id": 8, "kind": "orders", "body": {"size": {"replicas": 3, "at": ORDERED, "by": "root"}}});
    course.heard(&same);
    assert_eq!(course.ending(), None);
    course
        .heard(&json!({"id": 9, "kind": "orders", "body": {"size": {"replicas": 5, "at": ORDERED + 9, "by": "eve"}}}));
    assert_eq!(course.ending(), Some(Ending::Replaced("eve fixed the size at 5".to_owned())));
    course.heard(&json!({"id": 10, "kind": "orders", "body": {}}));
    assert_eq!(course.ending(), Some(Ending::Replaced("the size was released".to_owned())));
}

#[test]
fn a_size_that_the_agents_have_no_room_for_is_not_waited_for() {
    let mut course = course(3, &[("w-1", "ready", 0)]);
    let mut short = look(100, 1, 0, &[("w-1", "ready", 0)]);
    short["decision"]["reasons"][0]["message"] = json!("the agents have room for 0 more; 2 too few");
    course.seen(read(&short));
    assert_eq!(course.ending(), Some(Ending::Short("the agents have room for 0 more; 2 too few".to_owned())));
}

#[test]
fn a_backend_that_takes_no_order_is_told() {
    let mut course = course(3, &[("w-1", "ready", 0)]);
    course.heard(&json!({"id": 8, "kind": "outcome", "body": {"generation": 1, "outcome": "failed", "error": "no"}}));
    course.seen(read(&look(100, 3, 0, &[("w-1", "ready", 0)])));
    assert_eq!(course.ending(), Some(Ending::Short("the backend did not take the order: no".to_owned())));
}

#[test]
fn a_lost_backend_is_waited_for() {
    let mut course = course(1, &[("w-1", "ready", 0)]);
    let mut blind = look(100, 1, 0, &[("w-1", "ready", 0)]);
    (blind["condition"], blind["trouble"]) = (json!("backend-lost"), json!("no bus"));
    course.seen(read(&blind));
    assert_eq!(course.ending(), None);
    assert_eq!(course.progress(true), "w: the backend can't be read, so nothing is done: no bus");
}

#[test]
fn a_paused_target_holds_and_a_resumed_one_does_not() {
    let paused_before = course(1, &[]);
    let mut stale = look(0, 0, 0, &[]);
    (stale["paused"], stale["orders"]) = (json!(true), json!({}));
    let mut resumed = paused_before.clone();
    resumed.seen(read(&stale));
    assert_eq!(resumed.ending(), None, "that was before the order");
    let mut paused = look(10, 0, 0, &[]);
    paused["paused"] = json!(true);
    let mut held = paused_before;
    held.seen(read(&paused));
    assert!(matches!(held.ending(), Some(Ending::Held(_))));
}

//! Each mistake is told with its place and what was expected there.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use contract_json::{Carried, EvalLine, decode};
use serde_json::{Value, json};

fn line(line: &Value) -> String {
    EvalLine::decode(line, &Carried::default()).map_or_else(|error| error.to_string(), |line| format!("{line:?}"))
}

#[test]
fn of_a_line() {
    let table = [
        (json!(3), "expected an object, found 3"),
        (json!({"desird": 3}), "/desird: `desird` is not known here; did you mean `desired`?"),
        (json!({"desired": -1}), "/desired: expected a whole number from 0 to 4294967295, found -1"),
        (json!({"desired": 1.5}), "/desired: expected a whole number from 0 to 4294967295, found 1.5"),
        (json!({"series": {}}), "/series: expected a list, found an empty object"),
        (json!({"series": [{"samples": [1]}]}), "/series/0: `name` is missing"),
        (
            json!({"series": [{"name": "load", "samples": [1, "2"]}]}),
            "/series/0/samples/1: expected an object, found \"2\"",
        ),
        (json!({"series": [{"name": "load", "samples": [{"at": 1}]}]}), "/series/0/samples/0: `value` is missing"),
        (
            json!({"series": [{"name": "load", "quality": "frsh"}]}),
            "/series/0/quality: expected `fresh`, `stale`, `partial` or `absent`, found \"frsh\"; did you mean `fresh`?",
        ),
        (
            json!({"series": [{"name": "load", "samples": [{"at": 2, "value": 1}, {"at": 1, "value": 1}]}]}),
            "/series/0/samples/1: older than the sample before it",
        ),
        (
            json!({"replicas": [{"id": "a", "usage": {"cpu_cores": 1}}]}),
            "/replicas/0/usage/cpu_cores: `cpu_cores` is not known here; did you mean `cpu-cores`?",
        ),
        (json!({"replicas": [{"id": "a"}, {"id": "a"}]}), "/replicas: two replicas have the id `a`"),
        (
            json!({"interval": 4_294_967_296_u64}),
            "/interval: expected a duration, in whole milliseconds below 2^32, found 4294967296",
        ),
        (json!({"config": []}), "/config: expected an object, found a list of 0"),
        (
            json!({"attributes": [{"key": "a", "value": "text"}]}),
            "/attributes/0/value: expected an object with one of `flag`, `int`, `num` or `text`, found \"text\"",
        ),
    ];
    for (given, message) in table {
        assert_eq!(line(&given), message, "{given}");
    }
}

#[test]
fn of_a_verdict() {
    let table = [
        (json!({}), "`decision` is missing"),
        (
            json!({"decision": {"grow": 1}}),
            "/decision/grow: `grow` is not known here; expected `hold`, `add` or `remove`",
        ),
        (
            json!({"decision": {"hold": "stedy"}}),
            "/decision/hold: expected `steady` or `abstain`, found \"stedy\"; did you mean `steady`?",
        ),
        (
            json!({"decision": {"remove": [{"on-agent": {"agent": "a"}}]}}),
            "/decision/remove/0/on-agent: `count` is missing",
        ),
        (
            json!({"decision": {"hold": "steady"}, "state": {"set": {"layout": "x/1", "data": "=="}}}),
            "/state/set/data: expected padded base64, found \"==\"",
        ),
    ];
    for (given, message) in table {
        assert_eq!(decode::verdict(&given).unwrap_err().to_string(), message, "{given}");
    }
}

#[test]
fn only_a_line_may_leave_out_the_head() {
    let error = decode::observation(&json!({"desired": 3})).unwrap_err();
    assert_eq!(error.to_string(), "`tick` is missing");
}

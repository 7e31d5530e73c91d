//! Real workers that take a second to stop, workers that can't start, and replicas in memory.

use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use trimtab_tests::lab::{TrimtabHost, program};

use super::{assert_has, ended};

/// A worker of `slow` takes a second to end.
const CONFIG: &str = r#"
    [target.slow]
    interval = "200ms"
    max = 10
    min = 0
    policy = { component = "builtin:fixed-count", config.count = 2 }
    backend.process.command = ["sh", "-c", "trap 'sleep 1; exit 0' TERM; while :; do sleep 0.02; done"]

    # It ends before it is ready.
    [target.broken]
    interval = "200ms"
    max = 10
    min = 0
    policy = { component = "builtin:fixed-count", config.count = 0 }
    backend.process = { command = ["false"], ready.file = "/nonexistent/ready", restart.min = "60s" }

    [target.light]
    interval = "200ms"
    max = 10
    min = 0
    policy = { component = "builtin:fixed-count", config.count = 7 }
    backend.memory.replicas = 7

    [target.tried]
    interval = "200ms"
    max = 10
    policy = { component = "builtin:fixed-count", config.count = 3 }
    backend.memory.replicas = 3
    guardrails.dry-run = true
"#;

fn host() -> TrimtabHost {
    let mut host = TrimtabHost::serving(CONFIG);
    for (target, size) in [("slow", 2), ("broken", 0), ("light", 7), ("tried", 3)] {
        host.until(&format!("{target} has {size}"), |host| (host.target(target)?["ready"] == size).then_some(()));
    }
    host
}

/// How many of `slow` are there, those that drain too.
fn there(host: &TrimtabHost) -> u64 {
    let target = host.target("slow").unwrap();
    target["current"].as_u64().unwrap() + target["draining"].as_u64().unwrap()
}

/// `trimtab scale` in the background, as from a script.
fn waiting(host: &TrimtabHost, words: &[&str]) -> Child {
    let mut command = Command::new(program::trimtab());
    command.arg("scale").args(words).arg("--config").arg(host.config());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn until_draining(host: &mut TrimtabHost, count: usize) {
    host.until("workers drain", |host| (host.target("slow")?["draining"] == count).then_some(()));
}

#[test]
fn it_waits_until_all_drains_are_over_and_tells_each() {
    let host = host();
    let (code, said, progress) = ended(&host.verb(&["scale", "slow", "4"]));
    assert_eq!(code, 0, "{said}{progress}");
    assert_has(&said, &["slow-3 started", "slow-4 started", "2 were running already\n"]);
    assert_has(&said, &["slow is steered to 4, until `trimtab release slow`\n"]);

    let (code, said, progress) = ended(&host.verb(&["scale", "slow", "1"]));
    assert_eq!(code, 0, "{said}{progress}");
    assert_eq!(there(&host), 1, "it returned too early");
    assert_eq!(said.matches(" stopped after ").count(), 3, "{said}");
    assert_has(&said, &["1 was running already\n"]);
    assert_has(&progress, &["slow: 4 running, 1 ordered\n", "slow: 1 of 1 running, 3 draining (slow-"]);
    assert!(!progress.contains('\r'), "lines for a pipe: {progress:?}");

    let (code, said, _) = ended(&host.verb(&["scale", "slow", "0"]));
    assert_eq!((code, there(&host)), (0, 0), "{said}");
    assert!(host.workers().of("slow").is_empty());
    assert!(!said.contains("running already"), "{said}");
}

#[test]
fn a_worker_that_cannot_start_is_told_at_once_and_fails() {
    let host = host();
    let (code, said, progress) = ended(&host.verb(&["scale", "broken", "2", "--timeout", "25s"]));
    assert_eq!(code, 1, "{said}{progress}");
    let fates = ["broken-1 ended (exit code 1) ", "broken-2 ended (exit code 1) "];
    assert_has(&said, &[fates[0], fates[1], "0 of 2 run\n", "the order stands: "]);
    assert!(!said.contains("not done after"), "{said}");
    let whole = host.told(&["explain", "broken"]);
    assert_has(&whole, &["Not as it should be\n  broken-1 has failed, "]);
    assert_has(&ended(&host.verb(&["status"])).1, &["broken: broken-1 has failed, "]);
}

#[test]
fn who_does_not_want_to_wait_does_not() {
    let mut host = host();
    let (code, said, progress) = ended(&host.verb(&["scale", "slow", "0", "--no-wait"]));
    assert_eq!((code, said.as_str()), (0, "slow is steered to 0, until `trimtab release slow`\n"), "{progress}");
    assert_eq!(there(&host), 2, "it waited");
    host.until("it is done all the same", |host| host.workers().of("slow").is_empty().then_some(()));
    let (code, said, _) = ended(&host.verb(&["scale", "light", "5", "--no-wait", "--json"]));
    let orders: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &orders["size"]["replicas"]), (0, &Value::from(5)), "{said}");
}

#[test]
fn the_time_to_wait_may_be_up() {
    let host = host();
    let (code, said, _) = ended(&host.verb(&["scale", "slow", "0", "--timeout", "400ms"]));
    assert_eq!(code, 1, "{said}");
    assert_has(&said, &["slow: not done after 400ms; ", "the order stands: slow is steered to 0, until "]);
    assert_eq!(host.target("slow").unwrap()["fixed-size"], 0);
}

#[test]
fn ctrl_c_leaves_the_order_and_says_so() {
    let mut host = host();
    let child = waiting(&host, &["slow", "0"]);
    until_draining(&mut host, 2);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let (code, said, _) = ended(&child.wait_with_output().unwrap());
    assert_eq!(code, 130, "{said}");
    assert_has(
        &said,
        &["slow: no longer waiting", "the order stands: slow is steered to 0, until `trimtab release slow`"],
    );
    host.until("the order is carried out", |host| host.workers().of("slow").is_empty().then_some(()));
}

#[test]
fn a_daemon_that_goes_away_is_told() {
    let mut host = host();
    let child = waiting(&host, &["slow", "0"]);
    until_draining(&mut host, 2);
    host.kill();
    let (code, said, complaint) = ended(&child.wait_with_output().unwrap());
    assert_eq!(code, 69, "{said}{complaint}");
    assert_has(&said, &["slow: the daemon is gone", "the order stands: "]);
    assert_has(&complaint, &["can't reach the daemon", "does `trimtab serve` run?"]);
}

#[test]
fn an_order_that_is_taken_back_meanwhile_is_void() {
    let mut host = host();
    let child = waiting(&host, &["slow", "0"]);
    until_draining(&mut host, 2);
    host.told(&["release", "slow"]);
    let (code, said, _) = ended(&child.wait_with_output().unwrap());
    assert_eq!(code, 1, "{said}");
    assert_has(&said, &["slow: the size was released meanwhile; this order is void\n"]);
}

#[test]
fn a_target_that_is_held_is_not_waited_for() {
    let host = host();
    host.told(&["pause", "light"]);
    for words in [&["scale", "light", "9"][..], &["scale", "light", "9", "--no-wait"]] {
        let (code, said, _) = ended(&host.verb(words));
        assert_eq!(code, 1, "{said}");
        assert_has(&said, &["light is paused: nothing changes until `trimtab resume light`\n", "the order stands: "]);
    }
    host.told(&["resume", "light"]);
    let (code, said, _) = ended(&host.verb(&["scale", "light", "9"]));
    assert_eq!(code, 0, "{said}");

    let (code, said, _) = ended(&host.verb(&["scale", "tried", "9"]));
    assert_eq!(code, 1, "{said}");
    assert_has(&said, &["tried is in dry run: nothing changes\n"]);
}

#[test]
fn a_script_gets_one_document() {
    let host = host();
    let (code, said, progress) = ended(&host.verb(&["scale", "light", "9", "--json"]));
    assert_eq!((code, progress.as_str()), (0, ""));
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["result"], "done", "{said}");
    assert_eq!((&told["running"], &told["ran-already"]), (&Value::from(9), &Value::from(7)), "{said}");
    let parts: Vec<&Value> = told["parts"].as_array().unwrap().iter().map(|part| &part["fate"]).collect();
    assert_eq!(parts, ["started", "started"], "{said}");

    let (code, said, _) = ended(&host.verb(&["scale", "broken", "1", "--json"]));
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["result"]), (1, &Value::from("part-failed")), "{said}");
    assert_eq!(told["parts"][0]["fate"], "not-running", "{said}");
}

#[test]
fn what_is_no_order_changes_nothing() {
    let host = host();
    let (code, said, complaint) = ended(&host.verb(&["scale", "light", "11"]));
    assert_eq!((code, said.as_str()), (1, ""), "{complaint}");
    assert_has(&complaint, &["11 is outside the bounds of `light`, 0 to 10"]);
    assert_eq!(host.verb(&["scale", "heavy", "1"]).status.code(), Some(66));
    assert_eq!(host.target("light").unwrap()["fixed-size"], Value::Null);
}

#[test]
fn a_daemon_that_does_not_answer_can_be_given_up() {
    let host = host();
    host.freeze();
    let (code, said, complaint) = ended(&host.verb(&["scale", "light", "9", "--timeout", "300ms"]));
    assert_eq!((code, said.as_str()), (69, ""), "{complaint}");
    assert_has(&complaint, &["the daemon did not answer within 300ms: it may have taken the order or not"]);
}

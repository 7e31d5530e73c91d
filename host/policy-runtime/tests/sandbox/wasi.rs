//! The world as a policy sees it: a clock that stands, dice that fall the same, and nothing else.

use scaling_core::failure::FailureKind;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::guest::{ANSWER, Guest, SHORTFALL};
use crate::stage::{all_is_well, call, runtime};

/// What the guests below import: a part of WASI 0.2, in a later version than the host defines.
const WASI: &str = "
package test:guest;
world guest {
    include trimtab:policy/scaling-policy@0.1.0;
    import wasi:cli/exit@0.2.6;
    import wasi:cli/stdout@0.2.6;
    import wasi:cli/environment@0.2.6;
    import wasi:clocks/monotonic-clock@0.2.6;
    import wasi:random/random@0.2.6;
    import wasi:filesystem/preopens@0.2.6;
}
package wasi:io@0.2.6 {
    interface error { resource error; }
    interface poll { resource pollable { block: func(); } }
    interface streams {
        use error.{error};
        variant stream-error { last-operation-failed(error), closed }
        resource output-stream { blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>; }
    }
}
package wasi:cli@0.2.6 {
    interface exit { exit: func(status: result); }
    interface stdout { use wasi:io/streams@0.2.6.{output-stream}; get-stdout: func() -> output-stream; }
    interface environment { get-environment: func() -> list<tuple<string, string>>; }
}
package wasi:clocks@0.2.6 {
    interface monotonic-clock {
        use wasi:io/poll@0.2.6.{pollable};
        now: func() -> u64;
        subscribe-duration: func(when: u64) -> pollable;
    }
}
package wasi:random@0.2.6 {
    interface random { get-random-u64: func() -> u64; }
}
package wasi:filesystem@0.2.6 {
    interface types { resource descriptor; }
    interface preopens { use types.{descriptor}; get-directories: func() -> list<tuple<descriptor, string>>; }
}
";

const IMPORTS: &str = r#"
    (import "wasi:cli/exit@0.2.6" "exit" (func $exit (param i32)))
    (import "wasi:cli/stdout@0.2.6" "get-stdout" (func $stdout (result i32)))
    (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush" (func $print (param i32 i32 i32 i32)))
    (import "wasi:cli/environment@0.2.6" "get-environment" (func $environment (param i32)))
    (import "wasi:clocks/monotonic-clock@0.2.6" "now" (func $now (result i64)))
    (import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $timer (param i64) (result i32)))
    (import "wasi:io/poll@0.2.6" "[method]pollable.block" (func $block (param i32)))
    (import "wasi:random/random@0.2.6" "get-random-u64" (func $random (result i64)))
    (import "wasi:filesystem/preopens@0.2.6" "get-directories" (func $directories (param i32)))"#;

/// A policy that imports WASI, and does this when it evaluates.
fn guest(doing: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_path("../../wit").unwrap();
    let package = resolve.push_str("wasi.wit", WASI).unwrap();
    let world = resolve.select_world(&[package], Some("guest")).unwrap();
    let text = Guest::answering(doing).module().replacen("(module", &format!("(module {IMPORTS}"), 1);
    let mut module = wat::parse_str(text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// The number that the guest gives as its shortfall.
fn number(doing: &str) -> u32 {
    let doing = format!("(i32.store (i32.const {SHORTFALL}) {doing})");
    runtime().load(&guest(&doing)).unwrap().evaluate_blocking(&call()).outcome.unwrap().shortfall
}

fn failure(doing: &str) -> (FailureKind, String) {
    let failure = runtime().load(&guest(doing)).unwrap().evaluate_blocking(&call()).outcome.unwrap_err();
    all_is_well(runtime());
    (failure.kind, failure.message)
}

#[test]
fn exit_is_no_success() {
    assert_eq!(failure("(call $exit (i32.const 0))").0, FailureKind::Exit);
    let (kind, message) = failure("(call $exit (i32.const 1))");
    assert_eq!(kind, FailureKind::Exit);
    assert!(message.starts_with("the policy called exit(1)"), "{message}");
}

#[test]
fn the_clock_stands_at_the_observation_and_sleep_takes_no_time() {
    let seconds = |time: &str| number(&format!("(i32.wrap_i64 (i64.div_u {time} (i64.const 1000000000)))"));
    assert_eq!(seconds("(call $now)"), 1_700_000_000);
    // An hour's sleep in between.
    let slept = "(i32.wrap_i64 (i64.sub (call $now) (call $now)))";
    let began = std::time::Instant::now();
    let doing =
        format!("(call $block (call $timer (i64.const 3600000000000))) (i32.store (i32.const {SHORTFALL}) {slept})");
    let evaluated = runtime().load(&guest(&doing)).unwrap().evaluate_blocking(&call());
    assert_eq!(evaluated.outcome.unwrap().shortfall, 0);
    assert!(began.elapsed() < std::time::Duration::from_mins(1));
}

#[test]
fn randomness_is_that_of_the_seed() {
    let draw = format!("(i32.store (i32.const {SHORTFALL}) (i32.wrap_i64 (call $random)))");
    let policy = runtime().load(&guest(&draw)).unwrap();
    let drawn = |seed: u64| {
        let mut call = call();
        std::sync::Arc::make_mut(&mut call.observation).seed = seed;
        policy.evaluate_blocking(&call).outcome.unwrap().shortfall
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

#[test]
fn output_becomes_log_lines() {
    let print = "(call $print (call $stdout) (i32.const 520) (i32.const 4) (i32.const 4096))";
    let evaluated = runtime().load(&guest(print)).unwrap().evaluate_blocking(&call());
    assert!(evaluated.outcome.is_ok());
    assert_eq!(evaluated.log[0].message, "load");
    assert_eq!(evaluated.log[0].level, policy_runtime::LogLevel::Debug);
}

#[test]
fn there_is_no_environment_and_no_folder() {
    // Both return a list; its length is at 4100.
    for list in ["$environment", "$directories"] {
        let doing = format!(
            "(i32.store (i32.const 4100) (i32.const 7)) (call {list} (i32.const 4096))
             (i32.store (i32.const {SHORTFALL}) (i32.load (i32.const 4100)))"
        );
        let evaluated = runtime().load(&guest(&doing)).unwrap().evaluate_blocking(&call());
        assert_eq!(evaluated.outcome.unwrap().shortfall, 0, "{list}");
    }
}

#[test]
fn handles_are_limited() {
    let hoard = format!("(loop $l (drop (call $timer (i64.const 1))) (br $l)) (drop (i32.const {ANSWER}))");
    let (kind, message) = failure(&hoard);
    assert_eq!(kind, FailureKind::Memory, "{message}");
}

//! Policies that misbehave while they run.

use std::time::{Duration, Instant};

use policy_runtime::Limits;
use scaling_core::failure::FailureKind;

use crate::guest::{ANSWER, DECISION, Guest, REASON, SHORTFALL, SIGNALS, byte, text, word};
use crate::stage::{all_is_well, call, evaluate_in, failure_in, runtime, runtime_with};

const LOOP: &str = "(loop $l (br $l)) unreachable";

/// The guest fails as `kind` with `words` in the message, and harms nobody.
fn fails(guest: &Guest, kind: FailureKind, words: &str) {
    let (found, message) = failure_in(runtime(), guest);
    assert_eq!(found, kind, "{message}");
    assert!(message.contains(words), "{message:?} does not say {words:?}");
    all_is_well(runtime());
}

fn post_return(body: &str) -> Guest {
    let extra = format!(r#"(func (export "cabi_post_trimtab:policy/policy@0.1.0#evaluate") (param i32) {body})"#);
    Guest { extra, ..Guest::default() }
}

#[test]
fn a_loop_runs_out_of_fuel() {
    let runtime = runtime_with(Limits { fuel: 1_000_000, ..Limits::default() });
    let evaluated = evaluate_in(&runtime, &Guest::evaluating(LOOP));
    assert_eq!(evaluated.outcome.unwrap_err().kind, FailureKind::Fuel);
    assert_eq!(evaluated.fuel, 1_000_000);
    all_is_well(&runtime);
}

#[test]
fn a_loop_with_fuel_left_meets_its_deadline() {
    let deadline = Duration::from_millis(50);
    let runtime = runtime_with(Limits { fuel: u64::MAX / 2, deadline, ..Limits::default() });
    let began = Instant::now();
    assert_eq!(failure_in(&runtime, &Guest::evaluating(LOOP)).0, FailureKind::Deadline);
    assert!(began.elapsed() < Duration::from_secs(10));
    all_is_well(&runtime);
}

#[test]
fn a_start_function_is_limited_too() {
    let extra = "(func $s (loop $l (br $l))) (start $s)".to_owned();
    let runtime = runtime_with(Limits { fuel: 1_000_000, ..Limits::default() });
    let error = runtime.load(&Guest { extra, ..Guest::default() }.build()).unwrap_err();
    assert_eq!(error.stage(), "describe");
    assert!(error.to_string().contains("fuel"), "{error}");
    all_is_well(&runtime);
}

#[test]
fn unreachable_is_a_trap() {
    fails(&Guest::evaluating("unreachable"), FailureKind::Trap, "unreachable");
}

#[test]
fn a_division_by_zero_is_a_trap() {
    fails(&Guest::evaluating("(i32.div_u (i32.const 1) (i32.const 0))"), FailureKind::Trap, "divide by zero");
}

#[test]
fn endless_recursion_overruns_the_stack() {
    fails(&Guest::evaluating("(call $evaluate (local.get 0))"), FailureKind::Stack, "stack");
}

#[test]
fn a_memory_bomb_that_gives_up_is_told_so() {
    let bomb = "(loop $l (br_if $l (i32.ge_s (memory.grow (i32.const 64)) (i32.const 0)))) unreachable";
    fails(&Guest::evaluating(bomb), FailureKind::Memory, "67108864 bytes");
}

#[test]
fn a_policy_that_copes_with_a_full_memory_is_heard() {
    let grow = "(loop $l (br_if $l (i32.ge_s (memory.grow (i32.const 64)) (i32.const 0))))";
    let evaluated = evaluate_in(runtime(), &Guest::answering(grow));
    assert!(evaluated.outcome.is_ok(), "{:?}", evaluated.outcome);
    assert!(evaluated.memory_bytes > 60 << 20, "{}", evaluated.memory_bytes);
    assert!(evaluated.memory_bytes <= 64 << 20, "{}", evaluated.memory_bytes);
}

#[test]
fn memories_count_as_one_sum() {
    let runtime = runtime_with(Limits { memory_bytes: 100 << 10, ..Limits::default() });
    let error = runtime.load(&Guest::default().build()).unwrap_err();
    assert!(error.to_string().contains("more memory than its 102400 bytes"), "{error}");
}

#[test]
fn a_table_bomb_is_stopped() {
    let extra = "(table $t 1 funcref)".to_owned();
    let bomb =
        "(loop $l (br_if $l (i32.ge_s (table.grow $t (ref.null func) (i32.const 4096)) (i32.const 0)))) unreachable";
    let guest = Guest { extra, ..Guest::evaluating(bomb) };
    let (kind, message) = failure_in(&runtime_with(Limits { table_elements: 10_000, ..Limits::default() }), &guest);
    assert_eq!(kind, FailureKind::Memory, "{message}");
}

#[test]
fn malformed_answers_are_refused() {
    let cases = [
        ("(i32.const 0x7ffffff0)".to_owned(), "out of bounds"),
        ("(i32.const 1025)".to_owned(), "not aligned"),
        (format!("{} (i32.const {ANSWER})", byte(ANSWER, 7)), "discriminant"),
        (format!("{} (i32.const {ANSWER})", byte(DECISION, 200)), "discriminant"),
        // A list of 2^28 signals; a reason that reaches beyond the memory; one that is not UTF-8.
        (format!("{} (i32.const {ANSWER})", text(SIGNALS, 4096, 1 << 28)), ""),
        (format!("{} (i32.const {ANSWER})", text(REASON, 4096, u32::MAX)), "out of bounds"),
        (format!("{} {} (i32.const {ANSWER})", word(4096, u32::MAX), text(REASON, 4096, 4)), "utf-8"),
    ];
    for (evaluate, words) in cases {
        let (kind, message) = failure_in(runtime(), &Guest::evaluating(evaluate.clone()));
        assert!(matches!(kind, FailureKind::Malformed | FailureKind::Transfer), "{evaluate}: {kind:?} {message}");
        assert!(message.to_lowercase().contains(words), "{evaluate}: {message}");
    }
    all_is_well(runtime());
}

#[test]
fn too_much_at_once_is_a_transfer() {
    let long = format!(
        "(drop (memory.grow (i32.const 40))) (memory.fill (i32.const 131072) (i32.const 65) (i32.const 2097152)) {}",
        text(REASON, 131_072, 2_097_152)
    );
    fails(&Guest::answering(&long), FailureKind::Transfer, "at once");
}

#[test]
fn many_signals_that_share_one_name_are_a_transfer() {
    // 20,000 signals of 16 bytes fit in; that each has a name of 1 KiB is what the limit is for.
    let fill = "(local $i i32) (drop (memory.grow (i32.const 40)))
        (memory.fill (i32.const 4096) (i32.const 65) (i32.const 1024))
        (local.set $i (i32.const 131072))
        (loop $l
            (i32.store (local.get $i) (i32.const 4096))
            (i32.store offset=4 (local.get $i) (i32.const 1024))
            (local.set $i (i32.add (local.get $i) (i32.const 16)))
            (br_if $l (i32.lt_u (local.get $i) (i32.const 451072))))";
    let guest = Guest::answering(&format!("{fill} {}", text(SIGNALS, 131_072, 20_000)));
    fails(&guest, FailureKind::Transfer, "at once");
}

#[test]
fn a_bad_allocator_fails_the_call() {
    for (realloc, kind) in [
        ("unreachable", FailureKind::Trap),
        ("(i32.const 0x7fffff00)", FailureKind::Malformed),
        ("(i32.const 65537)", FailureKind::Malformed),
        ("(call $log (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 65536)", FailureKind::Trap),
    ] {
        let guest = Guest { realloc: realloc.to_owned(), ..Guest::default() };
        assert_eq!(failure_in(runtime(), &guest).0, kind, "{realloc}");
    }
    all_is_well(runtime());
}

#[test]
fn a_failing_clean_up_discards_the_verdict() {
    fails(&post_return("unreachable"), FailureKind::Trap, "unreachable");
    fails(&post_return("(call $log (i32.const 0) (i32.const 0) (i32.const 0))"), FailureKind::Trap, "");
}

#[test]
fn a_log_flood_is_bounded_and_paid_for() {
    let flood = "(loop $l (call $log (i32.const 1) (i32.const 512) (i32.const 4)) (br $l)) unreachable";
    let runtime = runtime_with(Limits { fuel: 10_000_000, ..Limits::default() });
    let evaluated = evaluate_in(&runtime, &Guest::evaluating(flood));
    assert_eq!(evaluated.outcome.unwrap_err().kind, FailureKind::Fuel);
    assert_eq!(evaluated.log.len(), 100);
    assert!(evaluated.log_dropped > 5_000, "{}", evaluated.log_dropped);
    all_is_well(&runtime);
}

#[test]
fn a_long_log_line_is_cut_and_a_bad_one_fails() {
    let long = "(drop (memory.grow (i32.const 1))) (memory.fill (i32.const 65536) (i32.const 65) (i32.const 5000))
        (call $log (i32.const 2) (i32.const 65536) (i32.const 5000))";
    let evaluated = evaluate_in(runtime(), &Guest::answering(long));
    assert_eq!(evaluated.log[0].message.len(), 1024);
    let bad = Guest::answering("(call $log (i32.const 99) (i32.const 0) (i32.const 0))");
    fails(&bad, FailureKind::Malformed, "discriminant");
}

#[test]
fn equal_calls_give_equal_verdicts_and_fuel() {
    let counting = format!(
        "(global.set $count (i32.add (global.get $count) (i32.const 1)))
         (i32.store (i32.const {SHORTFALL}) (global.get $count))"
    );
    let extra = "(global $count (mut i32) (i32.const 0))".to_owned();
    let policy = runtime().load(&Guest { extra, ..Guest::answering(&counting) }.build()).unwrap();
    let first = policy.evaluate_blocking(&call());
    let second = policy.evaluate_blocking(&call());
    assert_eq!(first.outcome.as_ref().unwrap().shortfall, 1, "a fresh instance counts from zero");
    assert_eq!(first.outcome, second.outcome);
    assert_eq!(first.fuel, second.fuel);
    assert!(first.fuel > 0);
}

//! Many callers at once.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};
use std::thread;

use policy_runtime::{Limits, Policy};
use scaling_core::failure::FailureKind;
use tokio::task::JoinSet;

use crate::guest::{ANSWER, Guest, SHORTFALL};
use crate::stage::{all_is_well, call, runtime_with};

/// Answers the observation's tick: it is the first field of the arguments.
fn echo() -> Guest {
    Guest::answering(&format!("(i32.store (i32.const {SHORTFALL}) (i32.wrap_i64 (i64.load (local.get 0))))"))
}

fn looping() -> Guest {
    Guest::evaluating(format!("(loop $l (br $l)) (i32.const {ANSWER})"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_gets_its_own_answer() {
    let runtime = runtime_with(Limits { fuel: 1_000_000, ..Limits::default() });
    let (good, bad) = (runtime.load(&echo().build()).unwrap(), runtime.load(&looping().build()).unwrap());
    let mut tasks = JoinSet::new();
    for tick in 0..500 {
        tasks.spawn(check(good.clone(), bad.clone(), tick));
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn check(good: Policy, bad: Policy, tick: u64) {
    let mut call = call();
    Arc::make_mut(&mut call.observation).tick = tick;
    if tick.is_multiple_of(5) {
        assert_eq!(bad.evaluate(call.clone()).await.outcome.unwrap_err().kind, FailureKind::Fuel);
    }
    let verdict = good.evaluate(call).await.outcome.unwrap();
    assert_eq!(u64::from(verdict.shortfall), tick);
}

#[tokio::test]
async fn a_caller_that_gives_up_leaves_the_others_alone() {
    let runtime = runtime_with(Limits { fuel: 50_000_000, ..Limits::default() });
    let (good, bad) = (runtime.load(&echo().build()).unwrap(), runtime.load(&looping().build()).unwrap());
    for _ in 0..8 {
        let given_up = tokio::spawn({
            let bad = bad.clone();
            async move { bad.evaluate(call()).await }
        });
        tokio::task::yield_now().await;
        given_up.abort();
    }
    assert_eq!(good.evaluate(call()).await.outcome.unwrap().shortfall, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_loads_at_once_do_not_use_up_the_slots() {
    let runtime = runtime_with(Limits::default());
    let mut tasks = JoinSet::new();
    for number in 0..40 {
        let runtime = runtime.clone();
        let guest = Guest { extra: format!("(func (result i32) (i32.const {number}))"), ..echo() };
        tasks.spawn(async move { runtime.load_async(guest.build()).await.map(|policy| policy.digest().to_owned()) });
    }
    let digests: HashSet<String> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(digests.len(), 40);
}

#[test]
fn too_many_callers_at_once_are_told_so_and_do_no_harm() {
    // Two workers have eight slots; a caller that brings its own thread takes one too.
    let runtime = runtime_with(Limits { fuel: 20_000_000, ..Limits::default() });
    let bad = runtime.load(&looping().build()).unwrap();
    let start = Barrier::new(24);
    let kinds: HashSet<FailureKind> = thread::scope(|scope| {
        let evaluate = || {
            start.wait();
            bad.evaluate_blocking(&call()).outcome.unwrap_err().kind
        };
        let callers: Vec<_> = (0..24).map(|_| scope.spawn(evaluate)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert!(kinds.contains(&FailureKind::Fuel), "{kinds:?}");
    assert!(kinds.is_subset(&HashSet::from([FailureKind::Fuel, FailureKind::Host])), "{kinds:?}");
    all_is_well(&runtime);
}

#[tokio::test]
async fn a_policy_outlives_its_runtime() {
    let policy = runtime_with(Limits::default()).load_async(echo().build()).await.unwrap();
    assert_eq!(policy.evaluate(call()).await.outcome.unwrap().shortfall, 1);
    assert!(policy.prepare("{}").await.unwrap().is_empty());
}

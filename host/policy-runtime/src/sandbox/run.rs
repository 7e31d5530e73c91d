//! One call, from a fresh store to an outcome.

use std::time::{Duration, Instant};

use scaling_core::failure::PolicyFailure;
use wasmtime::{Engine, Store};

use super::diary::LogLine;
use super::guest::{Guest, Scene};
use super::trap;
use crate::abi::since_0_1_0::{Exports, Pre};
use crate::error::LoadError;
use crate::settings::Limits;

/// What came of a call, and what it took.
pub(crate) struct Run<T> {
    pub(crate) outcome: Result<T, PolicyFailure>,
    pub(crate) fuel: u64,
    pub(crate) elapsed: Duration,
    pub(crate) instantiate: Duration,
    pub(crate) memory_bytes: u64,
    pub(crate) log: Vec<LogLine>,
    pub(crate) log_dropped: u64,
}

/// Instantiates the policy and lets it answer `question`, within `limits`.
///
/// The store is dropped whatever comes of it, so nothing survives but the outcome.
pub(crate) fn run<T>(
    pre: &Pre,
    scene: Scene,
    limits: &Limits,
    question: impl FnOnce(&Exports, &mut Store<Guest>) -> wasmtime::Result<T>,
) -> Run<T> {
    let began = Instant::now();
    let mut instantiate = Duration::ZERO;
    let mut store = store(pre.engine(), scene, limits);
    let outcome = fuelled(&mut store, limits).and_then(|()| {
        let instance = pre.instantiate(&mut store)?;
        let exports = pre.exports(&mut store, &instance)?;
        instantiate = began.elapsed();
        question(&exports, &mut store)
    });
    let fuel = limits.fuel.saturating_sub(store.get_fuel().unwrap_or(0));
    let outcome = outcome.map_err(|error| trap::failure(&error, &store.data().limiter, limits));
    let guest = store.into_data();
    let elapsed = began.elapsed();
    let memory_bytes = guest.limiter.memory_bytes();
    let (log, log_dropped) = guest.diary.close();
    Run { outcome, fuel, elapsed, instantiate, memory_bytes, log, log_dropped }
}

/// Instantiates the policy once, to see whether its functions are of the contract's types.
pub(crate) fn probe(pre: &Pre, limits: &Limits) -> Result<(), LoadError> {
    let mut store = store(pre.engine(), Scene::default(), limits);
    let instance = fuelled(&mut store, limits).and_then(|()| pre.instantiate(&mut store));
    let instance =
        instance.map_err(|error| LoadError::Describe(trap::failure(&error, &store.data().limiter, limits)))?;
    pre.exports(&mut store, &instance).map(drop).map_err(|error| LoadError::Types { message: format!("{error:#}") })
}

fn store(engine: &Engine, scene: Scene, limits: &Limits) -> Store<Guest> {
    let mut store = Store::new(engine, Guest::new(scene, limits));
    store.limiter(|guest| &mut guest.limiter);
    store.set_hostcall_fuel(limits.transfer_bytes());
    store.set_max_component_handles(limits.handles);
    store
}

/// Before the instantiation: a start function can loop too.
fn fuelled(store: &mut Store<Guest>, limits: &Limits) -> wasmtime::Result<()> {
    store.set_epoch_deadline(crate::engine::ticks(limits.deadline));
    store.set_fuel(limits.fuel)
}

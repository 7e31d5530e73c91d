//! A WASI 0.2 in which time does not pass and nothing is reachable.
//!
//! Ordinary components for wasm32-wasip2 import it even if they use none of it. They get a clock
//! that stands at the observation's time, timers that are always ready (so a policy can't block),
//! randomness from the observation's seed, output that becomes log lines, no input, no arguments,
//! no environment and no files. Handles carry no state of the host, so none can be leaked or forged.

mod cli;
mod clocks;
mod filesystem;
mod io;
mod random;

pub(super) use random::Randomness;

use wasmtime::component::{Linker, LinkerInstance, ResourceType};

use super::guest::Guest;

/// Defines all of it.
pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    io::link(linker)?;
    cli::link(linker)?;
    clocks::link(linker)?;
    random::link(linker)?;
    filesystem::link(linker)
}

/// Defines a resource whose handles mean nothing to the host.
fn resource<T: 'static>(instance: &mut LinkerInstance<'_, Guest>, name: &str) -> wasmtime::Result<()> {
    instance.resource(name, ResourceType::host::<T>(), |_, _| Ok(()))
}

//! Where a policy runs: a fresh store per call, in which everything is counted and nothing is reachable.

mod diary;
mod fuel;
mod guest;
mod host_log;
mod limiter;
mod run;
mod trap;
mod wasi;

pub use diary::{LogLevel, LogLine};
pub(crate) use guest::{Guest, Scene};
pub(crate) use run::{Run, probe, run};

use wasmtime::Engine;
use wasmtime::component::Linker;

/// Interfaces that a policy may import, each with the version track that is offered.
pub(crate) const OFFERED: &[(&str, &str)] = &[
    ("trimtab:policy/types", "0.1"),
    ("trimtab:policy/log", "0.1"),
    ("wasi:cli/environment", "0.2"),
    ("wasi:cli/exit", "0.2"),
    ("wasi:cli/stdin", "0.2"),
    ("wasi:cli/stdout", "0.2"),
    ("wasi:cli/stderr", "0.2"),
    ("wasi:cli/terminal-input", "0.2"),
    ("wasi:cli/terminal-output", "0.2"),
    ("wasi:cli/terminal-stdin", "0.2"),
    ("wasi:cli/terminal-stdout", "0.2"),
    ("wasi:cli/terminal-stderr", "0.2"),
    ("wasi:io/error", "0.2"),
    ("wasi:io/poll", "0.2"),
    ("wasi:io/streams", "0.2"),
    ("wasi:clocks/monotonic-clock", "0.2"),
    ("wasi:clocks/wall-clock", "0.2"),
    ("wasi:random/random", "0.2"),
    ("wasi:random/insecure", "0.2"),
    ("wasi:random/insecure-seed", "0.2"),
    ("wasi:filesystem/types", "0.2"),
    ("wasi:filesystem/preopens", "0.2"),
];

/// All that a policy can call. One for the process, never cloned.
///
/// Each interface is defined in its oldest version, 0.2.0; the linker gives it to whoever imports
/// any 0.2.z.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    host_log::link(&mut linker)?;
    wasi::link(&mut linker)?;
    Ok(linker)
}

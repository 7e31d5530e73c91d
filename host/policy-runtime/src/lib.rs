//! Runs untrusted scaling policies: vetting, compiling, sandbox.
//!
//! A policy is a WebAssembly component that somebody else wrote. [`Runtime::load`] makes a [`Policy`]
//! of its bytes; [`Policy::evaluate`] asks it for a verdict, in a fresh instance with nothing within
//! reach and everything bounded. A failure is a value. No other crate of the host names wasmtime.
//!
//! Read it in the order of a policy's life:
//!
//! 1. [`settings`]: what the host decides about the sandbox.
//! 2. `vet`: what is refused before it costs anything.
//! 3. `compile`: the limited compiler process, and the cache of what it made.
//! 4. `runtime`: from bytes to a policy that is linked, probed and described.
//! 5. `sandbox`: one call, with its limits, its WASI and what the end of it means.
//! 6. `abi`: the contract, one folder per version track.
//! 7. `checks`: whether what the policy says makes sense.
//! 8. `policy`: what can be asked of it; `pool`: the threads that ask.
//!
//! `engine` holds the settings of wasmtime. RATIONALE.md says why so.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may panic"))]

mod abi;
mod checks;
mod compile;
mod engine;
mod error;
mod policy;
mod pool;
mod remark;
mod runtime;
mod sandbox;
pub mod settings;
mod text;
mod vet;

pub use compile::worker::compile_worker_main;
pub use error::{LoadError, PrepareError, RuntimeError};
pub use policy::{Call, Evaluated, Policy};
pub use remark::{Dropped, Remark};
pub use runtime::{Compiled, Runtime};
pub use sandbox::{LogLevel, LogLine};
pub use settings::{Compiler, Limits, RuntimeSettings};

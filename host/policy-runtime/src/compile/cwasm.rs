//! Compiled code, and the one place where it is trusted.

use wasmtime::Engine;
use wasmtime::component::Component;

/// Code that our own compiler made: just now, or earlier and authenticated since.
///
/// Reviving it runs it with the rights of this process, so one can be had only from the compiler
/// ([`Cwasm::compile`], the child process) and from the cache after its MAC was verified.
pub(super) struct Cwasm(Vec<u8>);

impl Cwasm {
    /// Compiles in this process. The message says what is wrong with the component.
    pub(super) fn compile(engine: &Engine, wasm: &[u8]) -> Result<Self, String> {
        engine.precompile_component(wasm).map(Self).map_err(|error| format!("{error:#}"))
    }

    /// What our compiler process wrote to its pipe.
    pub(super) fn from_compiler(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// What the cache kept and authenticated.
    pub(super) fn from_authenticated(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The code as bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Makes it runnable. Fails if it was made for another engine.
    #[expect(
        unsafe_code,
        reason = "the bytes come from our compiler, or carry a MAC under a key that only we can read"
    )]
    pub(super) fn revive(&self, engine: &Engine) -> Result<Component, String> {
        // SAFETY: `deserialize` asks for bytes that `precompile_component` made and nobody altered.
        // Every constructor of `Cwasm` gives just that, and the bytes are in our memory since.
        unsafe { Component::deserialize(engine, &self.0) }.map_err(|error| format!("{error:#}"))
    }
}

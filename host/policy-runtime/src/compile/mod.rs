//! From a vetted component to code that runs.
//!
//! Compiling untrusted code is the easiest way to hurt a host (a kilobyte can cost minutes and
//! gigabytes), and the makers of the compiler do not promise otherwise. So it happens in a child
//! process with limits, once per component: its result is kept, authenticated, in a cache.

mod cache;
mod child;
mod cwasm;
pub(crate) mod worker;

use std::sync::{Mutex, PoisonError};

use wasmtime::Engine;
use wasmtime::component::Component;

use self::cache::Cache;
use self::cwasm::Cwasm;
use crate::error::LoadError;
use crate::settings::{Compiler, Limits, RuntimeSettings};
use crate::vet::Vetted;

/// Compiles, or remembers.
pub(crate) struct Compilation {
    engine: Engine,
    compiler: Compiler,
    limits: Limits,
    cache: Option<Cache>,
    /// One compiler at a time: each may take two gigabytes.
    turn: Mutex<()>,
}

impl Compilation {
    /// Opens the cache. A cache that can't be used is a warning, not an error.
    pub(crate) fn new(engine: &Engine, settings: &RuntimeSettings) -> Self {
        let cache = settings.cache_dir.as_deref().and_then(|dir| match Cache::open(dir) {
            Ok(cache) => Some(cache),
            Err(error) => {
                tracing::warn!(dir = %dir.display(), %error, "policies are compiled anew at every start: the cache of compiled policies can't be used");
                None
            }
        });
        Self {
            engine: engine.clone(),
            compiler: settings.compiler.clone(),
            limits: settings.limits.clone(),
            cache,
            turn: Mutex::new(()),
        }
    }

    /// The code of a component, and whether it was remembered.
    pub(crate) fn component(&self, vetted: Vetted<'_>, digest: &str) -> Result<(Component, bool), LoadError> {
        let entry = format!("{digest}-{}", crate::engine::fingerprint(&self.engine));
        if let Some(component) = self.remembered(&entry) {
            return Ok((component, true));
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever had the turn may have compiled the very same.
        if let Some(component) = self.remembered(&entry) {
            return Ok((component, true));
        }
        let cwasm = self.compile(vetted)?;
        if let Some(cache) = &self.cache {
            cache.put(&entry, &cwasm);
        }
        cwasm.revive(&self.engine).map(|component| (component, false)).map_err(|message| LoadError::Compile { message })
    }

    fn remembered(&self, entry: &str) -> Option<Component> {
        let cwasm = self.cache.as_ref()?.get(entry)?;
        cwasm
            .revive(&self.engine)
            .inspect_err(|message| tracing::warn!(entry, message, "a cached policy can't be used; it is compiled anew"))
            .ok()
    }

    fn compile(&self, vetted: Vetted<'_>) -> Result<Cwasm, LoadError> {
        match &self.compiler {
            Compiler::InProcess => {
                Cwasm::compile(&self.engine, vetted.bytes()).map_err(|message| LoadError::Compile { message })
            }
            Compiler::Child { program, args } => child::compile(program, args, vetted.bytes(), &self.limits),
        }
    }
}

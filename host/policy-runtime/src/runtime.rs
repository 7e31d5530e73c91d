//! The sandbox as a whole: one for the process.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use wasmtime::component::{Component, Linker};

use crate::abi::since_0_1_0::{Exports, Pre};
use crate::checks;
use crate::compile::Compilation;
use crate::engine::{self, Ticker};
use crate::error::{LoadError, RuntimeError};
use crate::policy::{Inner, Policy};
use crate::pool::Pool;
use crate::sandbox::{self, Guest, Scene};
use crate::settings::{Limits, RuntimeSettings};
use crate::vet::{Vetted, vet};

/// Loads policies and lends them threads. Cheap to clone; ends with its last clone and policy.
#[derive(Clone)]
pub struct Runtime(Arc<Shared>);

/// What all policies of a runtime share.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) pool: Pool,
    compilation: Compilation,
    linker: Linker<Guest>,
    /// Policies in use, by digest: the same component is compiled and kept once.
    loaded: Mutex<HashMap<String, Weak<Inner>>>,
    /// One policy at a time is questioned while it is loaded: many at once could use up the slots.
    questioning: Mutex<()>,
    _ticker: Ticker,
}

/// Instances that may live at once, for each thread: its own, and those of callers that bring a thread.
const SLOTS_PER_WORKER: usize = 4;

impl Runtime {
    /// Sets up engine, threads and cache.
    pub fn new(settings: RuntimeSettings) -> Result<Self, RuntimeError> {
        let (asked, most) = (settings.limits.memory_bytes, Limits::MOST_MEMORY_BYTES);
        if asked > most {
            return Err(RuntimeError::Memory { asked, most });
        }
        let slots = SLOTS_PER_WORKER.saturating_mul(settings.workers.max(1));
        let engine = engine::engine(u32::try_from(slots).unwrap_or(u32::MAX))?;
        Ok(Self(Arc::new(Shared {
            pool: Pool::start(settings.workers)?,
            compilation: Compilation::new(&engine, &settings),
            linker: sandbox::linker(&engine).map_err(|error| RuntimeError::Engine(format!("{error:#}")))?,
            loaded: Mutex::new(HashMap::new()),
            questioning: Mutex::new(()),
            _ticker: Ticker::start(engine)?,
            limits: settings.limits,
        })))
    }

    /// The bytes of a component's file, as far as they are worth vetting.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, LoadError> {
        let failed = |source| LoadError::Read { path: path.to_owned(), source };
        let limit = self.0.limits.component_bytes;
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(failed)?;
        // One byte more than allowed is enough to refuse it.
        file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > limit {
            let whole = path.metadata().map_or(bytes.len(), |metadata| metadata.len() as usize);
            return Err(LoadError::TooLarge { bytes: whole.max(bytes.len()), limit });
        }
        Ok(bytes)
    }

    /// Vets, compiles, links and questions a component. Takes seconds if it was never seen before.
    pub fn load(&self, bytes: &[u8]) -> Result<Policy, LoadError> {
        let vetted = vet(bytes, &self.0.limits)?;
        let digest = digest(bytes);
        if let Some(policy) = self.loaded(&digest) {
            return Ok(policy);
        }
        let policy = self.load_anew(vetted, digest)?;
        let mut loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.retain(|_, policy| policy.strong_count() > 0);
        loaded.insert(policy.digest().to_owned(), policy.downgrade());
        Ok(policy)
    }

    /// As [`load`](Self::load), on a thread of its own.
    pub async fn load_async(&self, bytes: Vec<u8>) -> Result<Policy, LoadError> {
        let runtime = self.clone();
        let (answer, answered) = oneshot::channel();
        // Nobody may be waiting any more; that is no fault.
        let load = move || drop(answer.send(runtime.load(&bytes)));
        let failed = |source| LoadError::Compiler { program: "(a thread of this process)".to_owned(), source };
        thread::Builder::new().name("policy-load".into()).spawn(load).map_err(failed)?;
        answered.await.unwrap_or_else(|_| Err(failed(std::io::Error::other("loading panicked"))))
    }

    fn loaded(&self, digest: &str) -> Option<Policy> {
        let loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.get(digest)?.upgrade().map(Policy::new)
    }

    fn load_anew(&self, vetted: Vetted<'_>, digest: String) -> Result<Policy, LoadError> {
        let began = Instant::now();
        let (component, from_cache) = self.0.compilation.component(vetted, &digest)?;
        let compiled = Compiled { from_cache, elapsed: began.elapsed() };
        let pre = self.link(&component)?;
        let _turn = self.0.questioning.lock().unwrap_or_else(PoisonError::into_inner);
        sandbox::probe(&pre, &self.0.limits)?;
        let descriptor = describe(&pre, &self.0.limits)?;
        Ok(Policy::new(Arc::new(Inner { shared: Arc::clone(&self.0), digest, descriptor, pre, compiled })))
    }

    fn link(&self, component: &Component) -> Result<Pre, LoadError> {
        let linked = self.0.linker.instantiate_pre(component);
        let linked = linked.map_err(|error| LoadError::Link { message: format!("{error:#}") })?;
        Pre::new(linked).map_err(|error| LoadError::Types { message: format!("{error:#}") })
    }
}

/// Where the code of a policy came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// From the cache on disk, and not from the compiler.
    pub from_cache: bool,
    /// How long it took to have it.
    pub elapsed: Duration,
}

/// Asks twice, in two instances: the answer has to be constant.
fn describe(pre: &Pre, limits: &Limits) -> Result<scaling_core::verdict::Descriptor, LoadError> {
    let ask = || sandbox::run(pre, Scene::default(), limits, Exports::describe).outcome;
    let first = ask().map_err(LoadError::Describe)?;
    let second = ask().map_err(LoadError::Describe)?;
    checks::descriptor(&first, limits)?;
    if first != second {
        let name = |it: &scaling_core::verdict::Descriptor| format!("{} {}", it.name, it.version);
        return Err(LoadError::DescribeDiffers { first: name(&first), second: name(&second) });
    }
    Ok(first)
}

/// SHA-256 in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

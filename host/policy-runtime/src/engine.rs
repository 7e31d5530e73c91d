//! The one engine of the process: how policies are compiled and where they run.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Strategy, WasmBacktraceDetails,
};

use crate::error::RuntimeError;
use crate::settings::Limits;

/// Length of an epoch: deadlines are whole numbers of it.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Core instances, memories and tables that one component may have.
const CORE_INSTANCES: u32 = 64;
const MEMORIES: u32 = 2;
const TABLES: u32 = 8;

/// An engine whose pool holds `slots` instances at once.
///
/// Compiler and evaluator must be made by this very function: what one compiles only an equal one runs.
pub(crate) fn engine(slots: u32) -> Result<Engine, RuntimeError> {
    let mut config = meter(language(Config::new()));
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(slots)));
    Engine::new(&config).map_err(|error| RuntimeError::Engine(format!("{error:#}")))
}

/// The part of WebAssembly that policies may use: what every toolchain needs and no more.
fn language(mut config: Config) -> Config {
    config
        .strategy(Strategy::Cranelift)
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .cranelift_nan_canonicalization(true)
        .concurrency_support(false);
    config
}

/// Everything is counted and bounded.
fn meter(mut config: Config) -> Config {
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(512 << 10)
        .memory_reservation(Limits::MOST_MEMORY_BYTES as u64)
        .memory_guard_size(64 << 10)
        .memory_init_cow(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(NonZeroUsize::new(16));
    config
}

/// Slots made ahead, so that a fresh instance costs microseconds.
fn pool(slots: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(CORE_INSTANCES * slots)
        .total_memories(MEMORIES * slots)
        .total_tables(TABLES * slots)
        .max_memory_size(Limits::MOST_MEMORY_BYTES)
        .table_elements(20_000)
        .max_component_instance_size(1 << 20)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .linear_memory_keep_resident(1 << 20)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    pool
}

/// Names what an engine compiles: equal for engines that can run each other's code.
pub(crate) fn fingerprint(engine: &Engine) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Epochs that make up at least `span`.
pub(crate) fn ticks(span: Duration) -> u64 {
    u64::try_from(span.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX).saturating_add(1)
}

/// Counts the engine's epochs on a thread of its own, until it is dropped.
pub(crate) struct Ticker {
    _alive: Sender<()>,
}

impl Ticker {
    /// Starts counting.
    pub(crate) fn start(engine: Engine) -> Result<Self, RuntimeError> {
        let (alive, gone) = channel::<()>();
        let count = move || {
            while gone.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        };
        thread::Builder::new().name("policy-epoch".into()).spawn(count).map_err(RuntimeError::Thread)?;
        Ok(Self { _alive: alive })
    }
}

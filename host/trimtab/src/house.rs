//! What all targets share: the clock, the journal, the board, the policies, the sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use adapters::backend::Backend;
use adapters::clock::Clock;
use policy_runtime::{Compiler, Limits, Runtime, RuntimeSettings};
use scaling_core::units::Timestamp;
use thiserror::Error;

use crate::board::Board;
use crate::config::HostConfig;
use crate::config::tables::{JournalTable, PolicyLimitsTable, Synchronous};
use crate::indicators::Collectors;
use crate::journal::{Journal, JournalError, JournalSettings};
use crate::metrics::Metrics;
use crate::policies::Policies;

/// The hidden verb by which the program compiles policies in a child of itself.
pub const COMPILE_WORKER: &str = "compile-worker";

/// What all targets share. Cheap to clone.
#[derive(Clone)]
pub struct House {
    /// Tells the time.
    pub clock: Clock,
    /// When the program began.
    pub origin: Timestamp,
    /// Where it is written down.
    pub journal: Journal,
    /// Where everybody may see it.
    pub board: Board,
    /// Where it is counted.
    pub metrics: Metrics,
    /// Who decides.
    pub policies: Policies,
    /// Who measures.
    pub collectors: Collectors,
    /// Backends that were there before, by target.
    pub backends: Arc<BTreeMap<String, Arc<dyn Backend>>>,
}

/// Why the house can't be opened.
#[derive(Debug, Error)]
pub enum HouseError {
    /// The state directory can't be made.
    #[error("the state directory {path}: {error}")]
    StateDir {
        /// Which.
        path: String,
        /// Why not.
        error: std::io::Error,
    },
    /// The journal can't be opened.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The policy engine can't be started.
    #[error("{0}")]
    Runtime(#[from] policy_runtime::RuntimeError),
}

/// What a house is given from outside. The daemon takes the usual; a test brings its own.
pub struct Given {
    /// Tells the time.
    pub clock: Clock,
    /// Where policies are compiled.
    pub compiler: Compiler,
    /// Backends that are there already, by target: taken instead of what the config says.
    pub backends: BTreeMap<String, Arc<dyn Backend>>,
}

impl Given {
    /// The time of this machine, a child of this program, and only the backends of the config.
    pub fn usual() -> Self {
        let compiler = Compiler::this_program(COMPILE_WORKER);
        Self { clock: Clock::system(), compiler, backends: BTreeMap::new() }
    }
}

impl House {
    /// Opens the state directory and what is in it.
    pub fn open(host: &HostConfig, given: Given) -> Result<Self, HouseError> {
        let path = host.state_dir.display().to_string();
        std::fs::create_dir_all(&host.state_dir).map_err(|error| HouseError::StateDir { path, error })?;
        let Given { clock, compiler, backends } = given;
        let board = Board::default();
        let journal = Journal::open(&host.state_dir.join("journal.sqlite"), journal_settings(&host.journal))?;
        let clock = not_behind(clock, &journal)?;
        Ok(Self {
            clock,
            origin: clock.now(),
            journal,
            metrics: Metrics::new(clock.now()),
            policies: Policies::new(runtime(host, compiler)?),
            collectors: Collectors::new(board.clone()),
            backends: Arc::new(backends),
            board,
        })
    }
}

/// Time never goes back for a policy, not even over a restart with a wall clock that was set back.
fn not_behind(clock: Clock, journal: &Journal) -> Result<Clock, JournalError> {
    let last = journal.reader()?.newest()?.unwrap_or_default();
    let behind = last.since(clock.now());
    if !behind.is_zero() {
        tracing::warn!(?behind, "the clock is behind the last run: going on from where that ended");
    }
    Ok(clock.not_before(last))
}

/// The sandbox as the config has it, with its cache in the state directory.
pub fn runtime(host: &HostConfig, compiler: Compiler) -> Result<Runtime, policy_runtime::RuntimeError> {
    Runtime::new(RuntimeSettings {
        workers: host.evaluators,
        cache_dir: Some(host.state_dir.join("cache")),
        compiler,
        limits: limits(&host.policy_limits),
    })
}

/// The default limits, but for what the config says.
pub fn limits(table: &PolicyLimitsTable) -> Limits {
    let mut limits = Limits::default();
    if let Some(fuel) = table.fuel {
        limits.fuel = fuel;
    }
    if let Some(deadline) = table.deadline {
        limits.deadline = deadline.get();
    }
    if let Some(megabytes) = table.memory_megabytes {
        limits.memory_bytes = usize::try_from(megabytes).unwrap_or(usize::MAX).saturating_mul(1 << 20);
    }
    if let Some(kilobytes) = table.state_kilobytes {
        limits.state_bytes = usize::try_from(kilobytes).unwrap_or(usize::MAX).saturating_mul(1 << 10);
    }
    limits
}

fn journal_settings(table: &JournalTable) -> JournalSettings {
    JournalSettings {
        synchronous: match table.synchronous {
            Synchronous::Normal => crate::journal::Synchronous::Normal,
            Synchronous::Full => crate::journal::Synchronous::Full,
        },
        max_age: table.max_age.get(),
        max_bytes: table.max_megabytes.saturating_mul(1_000_000),
    }
}

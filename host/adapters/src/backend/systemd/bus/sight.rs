//! What systemd shows of the instances of one template.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use scaling_core::units::Timestamp;

use crate::backend::systemd::template::Instance;

/// Why nothing is seen before the first look is over.
pub const NOT_ASKED_YET: &str = "systemd was not asked yet";

/// The instances of one template, as of the last change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// Why it can't be trusted now: no connection, or not looked yet. `None`: it is as systemd says.
    pub lost: Option<String>,
    /// systemd is just reading its unit files anew: nothing should be started or stopped.
    pub reloading: bool,
    /// The machine is going down: what stops now is no failure.
    pub shutting_down: bool,
    /// When this systemd began. If another moment is told, the machine was booted meanwhile.
    pub began: Option<Timestamp>,
    /// The template's file is there.
    pub installed: bool,
    /// How long one may take to stop, by the template's file. `None`: for ever, or not known.
    pub stop_timeout: Option<Duration>,
    /// Those that systemd has loaded. One that is not among them does not run and did not fail.
    pub units: BTreeMap<Instance, UnitState>,
    /// Those that start at boot.
    pub enabled: BTreeSet<Instance>,
}

/// One instance.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitState {
    /// Whether its file could be read.
    pub load: Load,
    /// Where it is in its life.
    pub active: Active,
    /// The same in finer words of systemd: `running`, `auto-restart`, `stop-sigterm`.
    pub sub: String,
    /// How its last run ended: `success`, `timeout`, `exit-code`.
    pub result: String,
    /// systemd has something to do with it.
    pub has_job: bool,
    /// Automatic restarts of this run.
    pub restarts: u32,
    /// Names this run; empty: none yet.
    pub invocation: String,
    /// When its main process started.
    pub started: Option<Timestamp>,
    /// When it entered this state.
    pub since: Option<Timestamp>,
    /// Its main process; `None`: it has none.
    pub main_pid: Option<u32>,
    /// How long a stop may take; `None`: for ever.
    pub stop_timeout: Option<Duration>,
    /// How long a start may take; `None`: for ever.
    pub start_timeout: Option<Duration>,
}

impl UnitState {
    /// Of an instance that systemd has not loaded: it does not run and did not fail.
    pub fn absent() -> Self {
        Self {
            load: Load::Loaded,
            active: Active::Inactive,
            sub: "dead".to_owned(),
            result: "success".to_owned(),
            has_job: false,
            restarts: 0,
            invocation: String::new(),
            started: None,
            since: None,
            main_pid: None,
            stop_timeout: None,
            start_timeout: None,
        }
    }
}

/// Whether a unit's file could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// It could.
    Loaded,
    /// It is masked: it can't be started.
    Masked,
    /// There is none.
    NotFound,
    /// Something else, in systemd's word.
    Other(String),
}

/// Where a unit is in its life: systemd's `ActiveState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Active {
    /// Runs.
    Active,
    /// Runs, and reads its config.
    Reloading,
    /// Does not run, and did not fail.
    Inactive,
    /// Does not run, and ended badly.
    Failed,
    /// On its way up.
    Activating,
    /// On its way down.
    Deactivating,
    /// A state that this version has no name for.
    Other,
}

/// What a unit uses, as systemd counts it. `None`: it can't tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitUsage {
    /// CPU time since its start, in ns.
    pub cpu_ns: Option<u64>,
    /// Bytes of memory.
    pub memory_bytes: Option<u64>,
    /// Threads and processes.
    pub tasks: Option<u64>,
}

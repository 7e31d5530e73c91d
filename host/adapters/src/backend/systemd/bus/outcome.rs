//! How a question to systemd, or a job of it, ended.

use std::time::Duration;

use thiserror::Error;

use super::sight::UnitState;

/// How a start ended.
#[derive(Clone, Debug, PartialEq)]
pub enum JobOutcome {
    /// It runs.
    Done(UnitState),
    /// systemd says that its job failed.
    Failed {
        /// systemd's word for how: `failed`, `dependency`, `canceled`, `timeout`.
        result: String,
        /// The unit afterwards.
        state: UnitState,
    },
    /// systemd says that its job is done, and yet it does not run: a condition of it was not met, or it ended at once.
    NotRunning(UnitState),
    /// The job is still under way.
    TimedOut {
        /// How long it was waited for.
        waited: Duration,
        /// The unit now.
        state: UnitState,
    },
}

/// Why systemd did not do as it was asked, or could not be asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BusError {
    /// It did not answer.
    #[error("systemd did not answer {call} within {limit_ms} ms")]
    Timeout {
        /// What it was asked.
        call: &'static str,
        /// How long it was given.
        limit_ms: u64,
    },
    /// There is no connection, or it broke while systemd was asked.
    #[error("{0}")]
    Lost(String),
    /// Not allowed.
    #[error("{0}")]
    Denied(String),
    /// There is no such unit or template.
    #[error("systemd knows no unit {0}")]
    NoSuchUnit(String),
    /// It said no, for another reason.
    #[error("{0}")]
    Refused(String),
}

impl BusError {
    /// Whether it says nothing of the unit: systemd could not be asked, or did not answer.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Timeout { .. })
    }
}

/// Whom a signal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The main process.
    Main,
    /// All processes of the unit.
    All,
}

/// What `check` wants to know of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFacts {
    /// Its file is there.
    pub installed: bool,
    /// How long an instance may take to stop; `None`: for ever.
    pub stop_timeout: Option<Duration>,
    /// How long an instance may take to start; `None`: for ever.
    pub start_timeout: Option<Duration>,
}

//! How a worker is stopped: a signal, a deadline, and what then.

use std::time::Duration;

use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use crate::span::Span;

/// How a worker is stopped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct StopConfig {
    /// What asks it to finish what it has and end.
    pub signal: StopSignal,
    /// How long it may take.
    pub deadline: Span,
    /// What happens to one that takes longer.
    pub then: Overdue,
    /// Who gets the signal. A kill always goes to the whole process group.
    pub to: Addressee,
}

impl Default for StopConfig {
    fn default() -> Self {
        Self {
            signal: StopSignal::default(),
            deadline: Span::from(Duration::from_secs(30)),
            then: Overdue::default(),
            to: Addressee::default(),
        }
    }
}

/// What happens to a worker that did not end by the deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overdue {
    /// It is killed.
    #[default]
    Kill,
    /// It goes on until it ends by itself, shown with `drain.overdue`.
    Keep,
}

/// Who gets the stop signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// The process that was started.
    #[default]
    Main,
    /// Its whole process group.
    Group,
}

/// A signal that may ask a worker to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum StopSignal {
    /// SIGTERM.
    #[default]
    Term,
    /// SIGINT.
    Int,
    /// SIGQUIT.
    Quit,
    /// SIGHUP.
    Hup,
    /// SIGUSR1.
    Usr1,
    /// SIGUSR2.
    Usr2,
    /// SIGWINCH, which some servers take as a graceful stop.
    Winch,
    /// SIGKILL.
    Kill,
}

impl From<StopSignal> for Signal {
    fn from(signal: StopSignal) -> Self {
        match signal {
            StopSignal::Term => Self::TERM,
            StopSignal::Int => Self::INT,
            StopSignal::Quit => Self::QUIT,
            StopSignal::Hup => Self::HUP,
            StopSignal::Usr1 => Self::USR1,
            StopSignal::Usr2 => Self::USR2,
            StopSignal::Winch => Self::WINCH,
            StopSignal::Kill => Self::KILL,
        }
    }
}

//! The table `[target.NAME.backend.systemd]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::bus::BusAddress;
use super::jobs::JobsConfig;
use super::template::Template;
use crate::backend::Restart;
use crate::backend::process::stop::StopSignal;
use crate::span::Span;

/// Which instances of a template unit are the replicas of a target, and how they come and go.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SystemdConfig {
    /// The template: `drakrun@.service`.
    pub template: Template,
    /// Which systemd: that of the machine (`system`), that of the user (`user`), or the address of a bus.
    #[serde(default)]
    pub bus: BusAddress,
    /// Which numbers the instances have.
    #[serde(default)]
    pub numbering: Numbering,
    /// Who starts them after a reboot.
    #[serde(default)]
    pub boot: Boot,
    /// The socket of the boot helper, by which units are enabled without being root. Only with `boot = "enable"`.
    #[serde(default)]
    pub boot_helper: Option<PathBuf>,
    /// How long systemd may take to answer one question. Default 5s.
    #[serde(default = "five_seconds")]
    pub timeout: Span,
    /// How a replica leaves.
    #[serde(default)]
    pub drain: DrainConfig,
    /// Where the number of jobs in hand is read. Without it nobody can tell who is idle.
    #[serde(default)]
    pub jobs: Option<JobsConfig>,
    /// How soon an instance that ended, or did not start, is started again.
    #[serde(default)]
    pub restart: Restart,
    /// How often the CPU time and memory of each instance are read. Default 10s.
    #[serde(default = "ten_seconds")]
    pub usage_interval: Span,
    /// The name of this machine as an agent. The host name if not given.
    #[serde(default)]
    pub agent: Option<String>,
    /// Most replicas of this target here, those on their way out counted.
    #[serde(default)]
    pub replica_limit: Option<u32>,
}

/// Which numbers the instances have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Numbering {
    /// 1 to N, as `draksetup scale N` has it: the highest go first, whatever they do.
    #[default]
    Contiguous,
    /// Any: those that the policy names go, else the idle before the busy. New ones get the lowest number that is
    /// free.
    Any,
}

/// Who starts the instances after a reboot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Boot {
    /// The host does, from its roster.
    #[default]
    Host,
    /// systemd does: instances are enabled when they come and disabled when they go, as by `draksetup scale`.
    Enable,
}

/// How a replica leaves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct DrainConfig {
    /// Asks the worker to take no new jobs, before its unit is stopped.
    pub stop_intake: Option<Request>,
    /// Asks it to take jobs again, if the drain is taken back. Without it such a worker is restarted when it is idle.
    pub resume_intake: Option<Request>,
    /// Stop the unit only when the worker is idle (as `jobs` tells), or when the deadline has passed. The default is
    /// to do so if there is a `stop-intake`; else the stop signal itself is the request to finish and end.
    pub wait_for_idle: Option<bool>,
    /// How long it may take until it is told of as overdue. Default 15m.
    pub deadline: Span,
    /// What happens then.
    pub then: Overdue,
}

impl Default for DrainConfig {
    fn default() -> Self {
        Self {
            stop_intake: None,
            resume_intake: None,
            wait_for_idle: None,
            deadline: Span::seconds(15 * 60),
            then: Overdue::default(),
        }
    }
}

impl DrainConfig {
    /// Whether the unit is stopped only when its worker is idle.
    pub fn waits_for_idle(&self) -> bool {
        self.wait_for_idle.unwrap_or(self.stop_intake.is_some())
    }
}

/// What happens to a replica that is still there at its deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overdue {
    /// It goes on, shown with `drain.overdue`, until it is done. systemd itself may lose its patience before:
    /// `TimeoutStopSec=`.
    #[default]
    Keep,
    /// Its unit is stopped, if that was not done yet.
    Stop,
    /// Its processes are killed.
    Kill,
}

/// How a worker is asked for something.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// By this signal to its main process.
    Signal(StopSignal),
    /// By a program and its arguments; `{instance}` stands for the number and `{unit}` for the unit. Not a shell line.
    Command(Vec<String>),
}

const fn five_seconds() -> Span {
    Span::seconds(5)
}

const fn ten_seconds() -> Span {
    Span::seconds(10)
}

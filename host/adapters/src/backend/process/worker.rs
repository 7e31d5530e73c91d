//! One worker process, held by a pidfd: what is done to it can't hit another that got its number.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use rustix::io::Errno;
use rustix::process::{self, Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitIdStatus};
use serde::{Deserialize, Serialize};

use super::procfs::{self, Stat};

/// The variable that a worker is known again by: another value at every start.
pub const SPAWN_VARIABLE: &str = "TRIMTAB_SPAWN";

/// What tells a process from all others of this boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Identity {
    /// Its number, which another may get after it.
    pub pid: i32,
    /// When it started, in clock ticks since boot.
    pub start_ticks: u64,
}

impl Identity {
    /// What `/proc` says of it. `None`: it is gone, or the number is another's.
    pub fn stat(&self) -> io::Result<Option<Stat>> {
        Ok(Stat::read(self.pid)?.filter(|stat| stat.start_ticks == self.start_ticks))
    }
}

/// A worker that we hold on to. It leads a process group of its own.
#[derive(Debug)]
pub struct Worker {
    /// Who it is.
    pub identity: Identity,
    pid: Pid,
    pidfd: OwnedFd,
}

impl Worker {
    /// Takes hold of a process. `None`: it is gone. Checked after the pidfd is there, so that it is the right one.
    pub fn open(identity: Identity) -> io::Result<Option<Self>> {
        let Some(pid) = Pid::from_raw(identity.pid) else { return Ok(None) };
        let pidfd = match process::pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => pidfd,
            Err(Errno::SRCH | Errno::INVAL) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(identity.stat()?.map(|_| Self { identity, pid, pidfd }))
    }

    /// Takes hold of a child of ours, which can't be gone before it was waited for.
    pub fn of_child(pid: i32) -> io::Result<Self> {
        let gone = || io::Error::other(format!("process {pid} is gone though nobody waited for it"));
        let stat = Stat::read(pid)?.ok_or_else(gone)?;
        Self::open(Identity { pid, start_ticks: stat.start_ticks })?.ok_or_else(gone)
    }

    /// Sends it a signal. One that is gone already is no error.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        unless_gone(process::pidfd_send_signal(&self.pidfd, signal))
    }

    /// Sends a signal to it and to all of its process group. As long as it is there, the group is its own.
    pub fn signal_group(&self, signal: Signal) -> io::Result<()> {
        match self.identity.stat()? {
            Some(_) => unless_gone(process::kill_process_group(self.pid, signal)),
            None => Ok(()),
        }
    }

    /// After it ended: kills what is left of its process group, and tells how it ended.
    pub fn bury(&self, nonce: &str) -> Ended {
        let own_child = process::waitid(
            WaitId::PidFd(self.pidfd.as_fd()),
            WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT,
        );
        if !matches!(own_child, Ok(Some(_))) {
            kill_leftovers(self.identity.pid, nonce);
            return Ended::Unknown;
        }
        // Not waited for, it still holds its number, so the group is still its own.
        let _ = process::kill_process_group(self.pid, Signal::KILL);
        let status = process::waitid(WaitId::PidFd(self.pidfd.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
        status.ok().flatten().map_or(Ended::Unknown, Ended::from)
    }
}

impl AsRawFd for Worker {
    /// Readable when the process ended.
    fn as_raw_fd(&self) -> RawFd {
        self.pidfd.as_raw_fd()
    }
}

fn unless_gone(sent: rustix::io::Result<()>) -> io::Result<()> {
    match sent {
        Err(Errno::SRCH) => Ok(()),
        other => Ok(other?),
    }
}

/// Kills those that a worker left behind, each checked to carry the nonce of its start.
pub fn kill_leftovers(group: i32, nonce: &str) {
    for pid in procfs::pids().unwrap_or_default() {
        let of_the_group = matches!(Stat::read(pid), Ok(Some(stat)) if stat.group == group && !stat.is_zombie());
        if !of_the_group {
            continue;
        }
        let Some(Ok(pidfd)) = Pid::from_raw(pid).map(|pid| process::pidfd_open(pid, PidfdFlags::empty())) else {
            continue;
        };
        if procfs::variable(pid, SPAWN_VARIABLE).as_deref() == Some(nonce) {
            let _ = process::pidfd_send_signal(pidfd, Signal::KILL);
        }
    }
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It was not our child: started by an earlier run of the host.
    Unknown,
}

impl From<WaitIdStatus> for Ended {
    fn from(status: WaitIdStatus) -> Self {
        let code = status.exit_status().map(Self::Code);
        code.or_else(|| status.terminating_signal().map(Self::Signal)).unwrap_or(Self::Unknown)
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

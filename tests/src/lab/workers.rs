//! The workers of a host, as /proc shows them and not as the host tells.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Finds the processes that were started as workers by hosts whose state is below one folder.
#[derive(Clone, Debug)]
pub struct Workers {
    home: PathBuf,
}

impl Workers {
    /// Of the hosts in this folder. Nobody else's workers have it in their environment.
    pub fn below(home: &Path) -> Self {
        Self { home: home.to_owned() }
    }

    /// Those of one target, by process id.
    pub fn of(&self, target: &str) -> BTreeSet<i32> {
        let named = format!("TRIMTAB_TARGET={target}");
        self.having(|variables| variables.iter().any(|variable| *variable == named))
    }

    /// Ends all of them, without a warning.
    pub fn end(&self) {
        for raw in self.having(|_| true) {
            let Some(pid) = Pid::from_raw(raw) else { continue };
            // Held by a descriptor and looked at again, so that it can't be another that has got its id.
            let Ok(held) = pidfd_open(pid, PidfdFlags::empty()) else { continue };
            if self.is_ours(raw, &|_| true) {
                let _ = pidfd_send_signal(&held, Signal::KILL);
            }
        }
    }

    fn having(&self, wanted: impl Fn(&[&str]) -> bool) -> BTreeSet<i32> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter(|pid| self.is_ours(*pid, &wanted)).collect()
    }

    /// One that has ended and was not yet waited for has no environment any more.
    fn is_ours(&self, pid: i32, wanted: &impl Fn(&[&str]) -> bool) -> bool {
        let Ok(bytes) = fs::read(format!("/proc/{pid}/environ")) else { return false };
        let text = String::from_utf8_lossy(&bytes);
        let variables: Vec<&str> = text.split('\0').collect();
        let folder = variables.iter().find_map(|variable| variable.strip_prefix("TRIMTAB_RUNTIME_DIR="));
        folder.is_some_and(|folder| Path::new(folder).starts_with(&self.home)) && wanted(&variables)
    }
}

//! Programs that run inside.

use std::fs;
use std::sync::Arc;

use super::{Ran, SHARE_INSIDE, SystemdHost};

/// No program that is run to its end takes longer, whatever hangs inside.
const MOST_SECS: &str = "60";

/// A program that runs inside as a unit of its own.
pub struct Inside {
    host: SystemdHost,
    unit: String,
}

impl SystemdHost {
    /// Runs a program inside to its end, as root.
    ///
    /// # Panics
    ///
    /// If it can't be run; not if it fails.
    pub fn run(&self, command: &[&str]) -> Ran {
        let output = self.machine.enter().args(["timeout", MOST_SECS]).args(command).output();
        Ran::new(command, &output.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// The same as another user, such as [`super::USER_INSIDE`].
    ///
    /// # Panics
    ///
    /// As [`SystemdHost::run`].
    pub fn run_as(&self, user: &str, command: &[&str]) -> Ran {
        let (uid, gid) = (format!("--reuid={user}"), format!("--regid={user}"));
        self.run(&[&["setpriv", &uid, &gid, "--init-groups", "--"], command].concat())
    }

    /// Starts a program inside as a unit of its own: as this user, or as root. What it writes goes to
    /// [`Inside::log`]. It sees the real machine's network, on which 127.0.0.1 is the same.
    ///
    /// # Panics
    ///
    /// If it can't be started.
    pub fn spawn_inside(&self, unit: &str, user: Option<&str>, command: &[&str]) -> Inside {
        let log = format!("append:{SHARE_INSIDE}/{unit}.out");
        let mut words = vec!["systemd-run".to_owned(), "--quiet".to_owned(), "--collect".to_owned()];
        words.extend([format!("--unit={unit}"), "--property=Type=exec".to_owned()]);
        words.extend([format!("--property=StandardOutput={log}"), format!("--property=StandardError={log}")]);
        words.extend(user.map(|user| format!("--uid={user}")));
        words.push("--".to_owned());
        let words: Vec<&str> = words.iter().map(String::as_str).chain(command.iter().copied()).collect();
        self.run(&words).told();
        Inside { host: Self { machine: Arc::clone(&self.machine) }, unit: unit.to_owned() }
    }
}

impl Inside {
    /// What it has written since it was spawned under this name first.
    pub fn log(&self) -> String {
        fs::read_to_string(self.host.share().join(format!("{}.out", self.unit))).unwrap_or_default()
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.host.is_active(&self.service())
    }

    /// Its process id inside; none if it does not run.
    pub fn pid(&self) -> Option<u32> {
        self.host.main_pid(&self.service())
    }

    /// Sends it a signal, by a name such as `HUP`.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn signal(&self, name: &str) {
        let signal = format!("--signal={name}");
        self.host.systemctl(&["kill", "--kill-whom=main", &signal, &self.service()]).told();
    }

    /// Ends it as systemd does, and waits for that.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn stop(self) {
        self.host.systemctl(&["stop", &self.service()]).told();
    }

    fn service(&self) -> String {
        format!("{}.service", self.unit)
    }
}

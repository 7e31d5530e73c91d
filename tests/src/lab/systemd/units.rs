//! The units of a host, as systemd shows them and not as Trimtab tells.

use std::collections::BTreeSet;
use std::fs;

use super::{Ran, SystemdHost, unit_path};
use crate::lab::patience;

impl SystemdHost {
    /// Runs `systemctl` inside, as root.
    ///
    /// # Panics
    ///
    /// If it can't be run; not if it fails.
    pub fn systemctl(&self, words: &[&str]) -> Ran {
        self.run(&[&["systemctl"], words].concat())
    }

    /// Adds a unit, or exchanges one, and has systemd read it.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn add_unit(&self, name: &str, text: &str) {
        self.put_file(&unit_path(name), text);
        self.systemctl(&["daemon-reload"]).told();
    }

    /// Whether its `ActiveState` is `active`.
    pub fn is_active(&self, unit: &str) -> bool {
        self.property(unit, "ActiveState") == "active"
    }

    /// Whether it is started at boot.
    pub fn is_enabled(&self, unit: &str) -> bool {
        self.systemctl(&["is-enabled", "--quiet", unit]).succeeded()
    }

    /// A property of a unit, as `systemctl show` writes it; empty if it has none of this name.
    ///
    /// # Panics
    ///
    /// If systemd does not answer.
    pub fn property(&self, unit: &str, name: &str) -> String {
        self.systemctl(&["show", "--value", "--property", name, "--", unit]).told()
    }

    /// The id of its main process inside; none if there is none.
    ///
    /// # Panics
    ///
    /// If systemd does not answer.
    pub fn main_pid(&self, unit: &str) -> Option<u32> {
        self.property(unit, "MainPID").parse().ok().filter(|pid| *pid != 0)
    }

    /// The units with such a name that a target wants at boot. In the pattern, one `*` may stand for any text. It is
    /// read from the links themselves, so also while the host is down or frozen.
    pub fn enabled(&self, pattern: &str) -> BTreeSet<String> {
        let fits = |name: &String| match pattern.split_once('*') {
            Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| rest.ends_with(after)),
            None => name == pattern,
        };
        let wants = fs::read_dir(self.machine.kept("/etc/systemd/system")).into_iter().flatten().flatten();
        let wants = wants.filter(|entry| entry.file_name().to_string_lossy().ends_with(".wants"));
        let links = wants.flat_map(|wants| fs::read_dir(wants.path()).into_iter().flatten().flatten());
        links.map(|link| link.file_name().to_string_lossy().into_owned()).filter(fits).collect()
    }

    /// Looks again and again until there is something to see.
    ///
    /// # Panics
    ///
    /// With `what` and the log of PID 1, if that takes too long.
    pub fn until<T>(&self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        patience::until(what, || look(self), || self.log())
    }
}

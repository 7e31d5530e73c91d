//! A real systemd as PID 1 of a private machine, with a bus of its own.
//!
//! What is inside is told at the top of `tests/lab/systemd-host`. It needs root, which it takes by `sudo -n` where it
//! has to. `tests/run` can leave out what needs root by name: a test with a host of systemd has `real_systemd` in its
//! path, by its module or by its own name.

mod inside;
mod jobs;
mod scripts;
mod units;

use std::path::Path;
use std::sync::Arc;

pub use self::inside::Inside;
pub use self::jobs::Jobs;
use super::machine::Machine;
pub use super::ran::Ran;

/// Where [`SystemdHost::share`] is seen inside.
pub const SHARE_INSIDE: &str = "/lab/share";

/// Where the folder that cargo builds in is seen inside: it has the `trimtab` that is tested.
pub const PROGRAMS_INSIDE: &str = "/lab/bin";

/// Where the repository is seen inside.
pub const REPO_INSIDE: &str = "/lab/repo";

/// A user without privileges that is there inside, with the home `/var/lib/trimtab`.
pub const USER_INSIDE: &str = "trimtab";

/// The polkit daemon as a unit, started by the bus when it is asked for.
const POLKIT: (&str, &str) = ("polkit.service", include_str!("../../lab/polkit.service"));

/// A host of systemd. Dropped, or when the test ends in any other way, it is removed with everything inside.
pub struct SystemdHost {
    machine: Arc<Machine>,
}

impl SystemdHost {
    /// One with the units of `tests/lab/units`. Takes half a second.
    ///
    /// # Panics
    ///
    /// With what is missing or what it wrote, if it does not come up.
    pub fn start() -> Self {
        Self::with_units(&[])
    }

    /// One that also has these units (name, text) from the beginning.
    ///
    /// # Panics
    ///
    /// As [`SystemdHost::start`].
    pub fn with_units(units: &[(&str, &str)]) -> Self {
        let host = Self::down();
        for (name, text) in units {
            host.put_file(&unit_path(name), text);
        }
        host.boot();
        host
    }

    /// One that also has polkit. Rules are read from `/etc/polkit-1/rules.d`, also when they change.
    ///
    /// # Panics
    ///
    /// As [`SystemdHost::start`].
    pub fn with_polkit() -> Self {
        Self::with_units(&[POLKIT])
    }

    /// One that is not booted yet.
    ///
    /// # Panics
    ///
    /// If there is no place for it, or no root.
    pub fn down() -> Self {
        Self { machine: Arc::new(Machine::new()) }
    }

    /// Boots it. Returns when every unit that is started at boot has been, or has failed.
    ///
    /// # Panics
    ///
    /// If it does not come up, or is up.
    pub fn boot(&self) {
        scripts::boot(&self.machine);
    }

    /// The power goes (SIGKILL of PID 1, and with it everything inside). What lies in `/etc/systemd`,
    /// `/etc/polkit-1/rules.d`, `/etc/trimtab`, `/var/lib/trimtab` and in the share is there at the next
    /// [`SystemdHost::boot`]; nothing else is.
    ///
    /// # Panics
    ///
    /// If it is down.
    pub fn power_cut(&self) {
        self.machine.signal("KILL");
    }

    /// Ends it as `poweroff` does: every unit is stopped, then PID 1 ends. Keeps what a power cut keeps.
    ///
    /// # Panics
    ///
    /// If it is down, or does not end.
    pub fn power_off(&self) {
        self.machine.signal("RTMIN+4");
        self.until("it is off", |host| (!host.machine.is_up()).then_some(()));
    }

    /// Stops PID 1 in its tracks: its connections stay, and nothing answers.
    ///
    /// # Panics
    ///
    /// If it is down.
    pub fn freeze_systemd(&self) {
        self.machine.signal("STOP");
    }

    /// Lets PID 1 go on.
    ///
    /// # Panics
    ///
    /// If it is down.
    pub fn thaw_systemd(&self) {
        self.machine.signal("CONT");
    }

    /// Stops the bus daemon in its tracks.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn freeze_bus(&self) {
        self.signal_bus("STOP");
    }

    /// Lets the bus daemon go on.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn thaw_bus(&self) {
        self.signal_bus("CONT");
    }

    /// Restarts the bus daemon: all connections are cut.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn restart_bus(&self) {
        self.systemctl(&["restart", "dbus.service"]).told();
    }

    /// `unix:path=...` of its system bus, for everybody outside; the same over all restarts.
    pub fn bus_address(&self) -> String {
        format!("unix:path={}", self.share().join("bus").display())
    }

    /// A folder that is seen inside too, at [`SHARE_INSIDE`]. Everybody may write to it.
    pub fn share(&self) -> &Path {
        self.machine.share()
    }

    /// The jobs in the share.
    pub fn jobs(&self) -> Jobs {
        Jobs::in_share(self.share())
    }

    /// Makes a file inside. While the host is down, only in what a power cut keeps.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn put_file(&self, path: &str, text: &str) {
        scripts::put(&self.machine, path, text);
    }

    /// What PID 1 has logged.
    pub fn log(&self) -> String {
        self.machine.log()
    }

    /// The names have no meaning outside of the machine's own process namespace: it can't be another's daemon.
    fn signal_bus(&self, signal: &str) {
        self.run(&["pkill", &format!("-{signal}"), "-x", "dbus-daemon"]).told();
    }
}

/// Where the administrator's units are.
fn unit_path(name: &str) -> String {
    format!("/etc/systemd/system/{name}")
}

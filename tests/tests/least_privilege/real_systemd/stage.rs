//! A machine on which `install.sh` was run.

use std::fs;

use trimtab_tests::lab::SystemdHost;
use trimtab_tests::lab::program;
use trimtab_tests::lab::systemd::{PROGRAMS_INSIDE, REPO_INSIDE, Ran, SHARE_INSIDE, USER_INSIDE};

/// Where Trimtab looks for its config.
pub const CONFIG: &str = "/etc/trimtab/trimtab.toml";
const SHIPPED_CONFIG: &str = include_str!("../../../../examples/systemd-service/trimtab.toml");

/// The unit of Trimtab.
pub const SERVICE: &str = "trimtab.service";

/// A machine with Trimtab for the instances of `drakrun@.service`. Nothing of it runs yet.
pub fn installed(options: &[&str]) -> SystemdHost {
    let _ = (program::trimtab(), program::boot_helper());
    let host = SystemdHost::with_polkit();
    // systemd does so itself where it is not in a container; without it, credentials don't reach a service.
    host.run(&["mount", "--make-rshared", "/"]).told();
    write_config(&host, "");
    install(&host, &[options, &["drakrun@.service"]].concat()).told();
    host
}

/// Runs `install.sh`.
pub fn install(host: &SystemdHost, words: &[&str]) -> Ran {
    let script = format!("{REPO_INSIDE}/examples/systemd-service/install.sh");
    host.run(&[&[script.as_str(), "--programs", PROGRAMS_INSIDE], words].concat())
}

/// Writes the shipped config and more; it listens on a port that is free, since all machines share a network.
pub fn write_config(host: &SystemdHost, more: &str) {
    let shipped = SHIPPED_CONFIG.replace("127.0.0.1:19180", "127.0.0.1:0");
    assert_ne!(shipped, SHIPPED_CONFIG);
    host.put_file(CONFIG, &format!("{shipped}\n{more}"));
}

/// Adds to a unit of the machine, as an administrator would.
pub fn drop_in(host: &SystemdHost, unit: &str, name: &str, text: &str) {
    host.put_file(&format!("/etc/systemd/system/{unit}.d/{name}.conf"), text);
    host.systemctl(&["daemon-reload"]).told();
}

/// Has Trimtab's log written where [`log`] reads it; there is no journald.
pub fn keep_log(host: &SystemdHost) {
    drop_in(host, SERVICE, "log", &format!("[Service]\nStandardError=append:{SHARE_INSIDE}/trimtab.log\n"));
}

/// What Trimtab wrote.
pub fn log(host: &SystemdHost) -> String {
    fs::read_to_string(host.share().join("trimtab.log")).unwrap_or_default()
}

/// `systemctl` as Trimtab's user: what it complained of, or nothing.
pub fn as_trimtab(host: &SystemdHost, words: &[&str]) -> Result<(), String> {
    let ran = host.run_as(USER_INSIDE, &[&["systemctl", "--no-ask-password"], words].concat());
    if ran.succeeded() { Ok(()) } else { Err(ran.stderr) }
}

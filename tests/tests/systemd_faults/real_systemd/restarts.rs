//! systemd or its bus begins anew while the workers go on.

use trimtab_tests::lab::SystemdHost;

use super::stage::Stage;
use super::story::passing;

/// Enough that they take a while.
const RELOADS: usize = 30;

fn nobody_is_touched(boot: &str, fail: impl FnOnce(&SystemdHost)) {
    let mut stage = Stage::new(boot);
    passing(&mut stage, fail, &["up"; 4]);
}

#[test]
fn the_bus_is_restarted() {
    nobody_is_touched("host", SystemdHost::restart_bus);
}

#[test]
fn the_bus_is_killed() {
    nobody_is_touched("enable", |host| {
        host.run(&["pkill", "-KILL", "-x", "dbus-daemon"]).told();
    });
}

#[test]
fn systemd_executes_itself_anew() {
    nobody_is_touched("host", |host| {
        let began = || host.systemctl(&["show", "--property=UserspaceTimestamp"]).told();
        let before = began();
        host.systemctl(&["daemon-reexec"]).told();
        assert_eq!(before, began(), "by this, a boot is told from it");
    });
}

#[test]
fn systemd_reads_its_files_again_and_again() {
    nobody_is_touched("enable", |host| {
        for _ in 0..RELOADS {
            host.systemctl(&["daemon-reload"]).told();
        }
    });
}

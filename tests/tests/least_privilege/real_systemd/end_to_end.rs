//! Trimtab as its own user, with the backend `systemd`: what it may do is enough for what it has to do.

use std::collections::BTreeSet;

use trimtab_tests::lab::SystemdHost;
use trimtab_tests::lab::systemd::PROGRAMS_INSIDE;

use super::stage::{SERVICE, drop_in, installed, keep_log, log, write_config};

const WORKERS: &str = "drakrun@*.service";

fn three_workers(boot: &str) -> String {
    format!(
        r#"
[target.drakrun]
interval = "1s"
min = 0
max = 5
policy = {{ component = "builtin:fixed-count", config = {{ count = 3 }} }}

[target.drakrun.backend.systemd]
template = "drakrun@.service"
{boot}
"#
    )
}

fn units(numbers: &[u32]) -> BTreeSet<String> {
    numbers.iter().map(|number| format!("drakrun@{number}.service")).collect()
}

fn active(host: &SystemdHost) -> BTreeSet<String> {
    let list = host.systemctl(&["list-units", "--state=active", "--plain", "--no-legend", WORKERS]).told();
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn until_active(host: &SystemdHost, numbers: &[u32]) {
    let what = format!("{numbers:?} and no others are active");
    host.until(&what, |host| (active(host) == units(numbers)).then_some(()));
}

/// What was installed outside of what a machine keeps is gone after a power cut; this program is not.
fn started(host: &SystemdHost) {
    keep_log(host);
    drop_in(host, SERVICE, "kept", &format!("[Service]\nExecStart=\nExecStart={PROGRAMS_INSIDE}/trimtab serve\n"));
    host.systemctl(&["enable", "--now", SERVICE]).told();
}

#[test]
fn with_boot_host_the_rule_is_enough_and_a_power_cut_changes_nothing() {
    let host = installed(&[]);
    write_config(&host, &three_workers(""));
    started(&host);
    until_active(&host, &[1, 2, 3]);
    host.run(&["trimtab", "scale", "drakrun", "2"]).told();
    until_active(&host, &[1, 2]);
    assert_eq!(host.enabled(WORKERS), units(&[]), "nobody but Trimtab starts them");
    host.power_cut();
    host.boot();
    until_active(&host, &[1, 2]);
}

#[test]
fn with_boot_enable_the_helper_enables_what_runs() {
    let host = installed(&["--boot-enable"]);
    host.systemctl(&["enable", "--now", "trimtab-boot.socket"]).told();
    write_config(&host, &three_workers("boot = \"enable\"\nboot-helper = \"/run/trimtab-boot.sock\""));
    started(&host);
    until_active(&host, &[1, 2, 3]);
    host.until("they are enabled", |host| (host.enabled(WORKERS) == units(&[1, 2, 3])).then_some(()));
    host.run(&["trimtab", "scale", "drakrun", "1"]).told();
    until_active(&host, &[1]);
    host.until("one is enabled", |host| (host.enabled(WORKERS) == units(&[1])).then_some(()));
}

#[test]
fn a_socket_that_is_not_there_is_told() {
    let host = installed(&["--boot-enable"]);
    write_config(&host, &three_workers("boot = \"enable\"\nboot-helper = \"/run/trimtab-boot.sock\""));
    started(&host);
    host.until("it is told", |host| {
        let told = host.run(&["trimtab", "explain", "drakrun"]).stdout + &log(host);
        told.contains("is trimtab-boot.socket enabled and started?").then_some(())
    });
    assert_eq!(host.enabled(WORKERS), units(&[]));
}

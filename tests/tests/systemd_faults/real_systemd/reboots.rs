//! The machine of systemd goes down and comes up again.

use trimtab_tests::lab::SystemdHost;

use super::others::Others;
use super::stage::Stage;
use super::story::lasting;

#[test]
fn after_a_power_cut_trimtab_starts_what_was_there() {
    let mut stage = Stage::new("host");
    lasting(&mut stage, SystemdHost::power_cut, &["bus"], SystemdHost::boot, &["up up", "up up", "up"]);
    assert!(stage.host.enabled("drakrun@*.service").is_empty());
}

#[test]
fn after_a_power_cut_systemd_starts_what_is_enabled() {
    let mut stage = Stage::new("enable");
    lasting(&mut stage, SystemdHost::power_cut, &["bus"], SystemdHost::boot, &["up up", "up up", "up"]);
    assert_eq!(stage.host.enabled("drakrun@*.service").len(), 3);
}

#[test]
fn what_ends_as_the_machine_does_is_no_failure() {
    for boot in ["host", "enable"] {
        let mut stage = Stage::new(boot);
        // The last words of the workers are part of the power going off.
        stage.host.power_off();
        stage.until_lost(&["bus"]);
        lasting(&mut stage, |_| {}, &["bus"], SystemdHost::boot, &["up ended up", "up ended up", "up"]);
    }
}

#[test]
fn trimtab_is_there_before_systemd() {
    let mut stage = Stage::on(SystemdHost::down(), "host");
    let others = Others::watch(&stage.trimtab);
    stage.until_lost(&["bus"]);
    others.until_gone_on(&mut stage.trimtab);
    lasting(&mut stage, |_| {}, &["bus"], SystemdHost::boot, &["up"; 3]);
}

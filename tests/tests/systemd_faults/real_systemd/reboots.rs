//! The machine of systemd goes down and comes up again.

use trimtab_tests::lab::SystemdHost;

use super::others::Others;
use super::stage::{Stage, lives};
use super::story::lasting;

#[test]
fn after_a_power_cut_trimtab_starts_what_was_there() {
    let mut stage = Stage::new("host");
    let after = lasting(&mut stage, SystemdHost::power_cut, &["bus"], SystemdHost::boot);
    assert_eq!(after.lives, lives(&["up up", "up up", "up"]));
    assert_eq!(after.news, [""; 0], "they did not end, their machine did");
    assert!(stage.host.enabled("drakrun@*.service").is_empty());
}

#[test]
fn after_a_power_cut_systemd_starts_what_is_enabled() {
    let mut stage = Stage::new("enable");
    let after = lasting(&mut stage, SystemdHost::power_cut, &["bus"], SystemdHost::boot);
    assert_eq!((after.lives, after.news), (lives(&["up up", "up up", "up"]), vec![]));
    assert_eq!(stage.host.enabled("drakrun@*.service").len(), 3);
}

#[test]
fn what_ends_as_the_machine_does_is_no_failure() {
    for boot in ["host", "enable"] {
        let mut stage = Stage::new(boot);
        // The last words of the workers are part of the power going off.
        stage.host.power_off();
        stage.until_lost(&["bus"]);
        let after = lasting(&mut stage, |_| {}, &["bus"], SystemdHost::boot);
        assert_eq!((after.lives, after.news), (lives(&["up ended up", "up ended up", "up"]), vec![]), "{boot}");
    }
}

#[test]
fn trimtab_is_there_before_systemd() {
    let mut stage = Stage::on(SystemdHost::down(), "host");
    let others = Others::watch(&stage.trimtab);
    stage.until_lost(&["bus"]);
    others.until_gone_on(&mut stage.trimtab);
    let after = lasting(&mut stage, |_| {}, &["bus"], SystemdHost::boot);
    assert_eq!((after.lives, after.news), (lives(&["up"; 3]), vec![]));
}

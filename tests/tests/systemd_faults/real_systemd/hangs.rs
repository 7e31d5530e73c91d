//! systemd or its bus hangs: connections stay, and nobody answers.

use trimtab_tests::lab::SystemdHost;

use super::stage::{Stage, lives};
use super::story::lasting;

#[test]
fn systemd_hangs() {
    let mut stage = Stage::new("host");
    let after = lasting(
        &mut stage,
        SystemdHost::freeze_systemd,
        &["systemd (", "did not answer within 1000 ms"],
        SystemdHost::thaw_systemd,
    );
    assert_eq!((after.lives, after.news), (lives(&["up"; 3]), vec![]));
}

#[test]
fn the_bus_hangs() {
    let mut stage = Stage::new("enable");
    let after =
        lasting(&mut stage, SystemdHost::freeze_bus, &["the bus did not answer within 1s"], SystemdHost::thaw_bus);
    assert_eq!((after.lives, after.news), (lives(&["up"; 3]), vec![]));
    let enabled = stage.host.enabled("drakrun@*.service");
    assert_eq!(enabled.len(), 3, "{enabled:?}");
}

//! systemd or its bus hangs: connections stay, and nobody answers.

use trimtab_tests::lab::SystemdHost;

use super::stage::Stage;
use super::story::lasting;

/// The lives of those that nobody stops.
const UP: [&str; 3] = ["up"; 3];

#[test]
fn systemd_hangs() {
    let mut stage = Stage::new("host");
    let words = ["systemd (", "did not answer within 1000 ms"];
    lasting(&mut stage, SystemdHost::freeze_systemd, &words, SystemdHost::thaw_systemd, &UP);
}

#[test]
fn the_bus_hangs() {
    let mut stage = Stage::new("enable");
    let words = ["the bus did not answer within 1s"];
    lasting(&mut stage, SystemdHost::freeze_bus, &words, SystemdHost::thaw_bus, &UP);
    let enabled = stage.host.enabled("drakrun@*.service");
    assert_eq!(enabled.len(), 3, "{enabled:?}");
}

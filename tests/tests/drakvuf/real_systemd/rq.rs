//! Real RQ workers: the idle go first, and who is busy finishes.

use super::FASTER;
use super::stage::{Stage, instances};

const CONFIG: &str = include_str!("../../../../examples/drakvuf/trimtab-rq.toml");
const TARGET: &str = "drakrun-worker";
const UNITS: &str = "drakrun-worker@*.service";

#[test]
fn idle_workers_go_and_busy_ones_finish() {
    // The RQ of DRAKVUF Sandbox 0.19 to 0.21.
    let stage = Stage::with_sandbox("middle");
    stage.host.systemctl(&["enable", "--now", "drakrun-worker@1"]).told();
    stage.serve(CONFIG, &FASTER, &["drakrun-worker@.service"]);
    stage.until_size(TARGET, 1);

    stage.send("rq", 1, 4.0);
    stage.host.until("the first is busy", |_| is_busy(&stage, 1));
    stage.trimtab(&["scale", TARGET, "4"]);
    stage.send("rq", 1, 12.0);
    stage.host.until("another is busy too", |_| is_busy(&stage, 2));
    stage.trimtab(&["release", TARGET]);
    stage.host.until("one is left", |_| (stage.active(UNITS).len() == 1).then_some(()));
    assert_ne!(stage.active(UNITS), instances(TARGET, [1]), "the first was idle, and the other was not");
    assert_eq!(stage.finished().len(), 1, "that one is still at it");
    let busy = stage.active(UNITS);
    stage.host.until("it is done", |_| (stage.finished().len() == 2).then_some(()));
    assert_eq!((stage.active(UNITS), stage.host.enabled(UNITS)), (busy.clone(), busy));

    stage.trimtab(&["scale", TARGET, "2"]);
    stage.send("rq", 2, 3.0);
    stage.host.until("both are busy", |_| is_busy(&stage, 2));
    let told = stage.trimtab(&["scale", TARGET, "1"]);
    assert_eq!(stage.active(UNITS).len(), 1, "{told}");
    stage.host.until("all are done", |_| (stage.finished().len() == 4).then_some(()));
    let log = stage.host.log();
    assert!(!log.contains("code=killed") && !log.contains("Failed with result"), "{log}");
}

fn is_busy(stage: &Stage, count: u64) -> Option<()> {
    (stage.target(TARGET)?["busy"] == count).then_some(())
}

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

    stage.trimtab(&["scale", TARGET, "4"]);
    // Who has waited longest is served first: the first takes the short one.
    stage.send("rq", 1, 6.0);
    stage.send("rq", 1, 16.0);
    // Until then one that has just become busy may still be taken for idle; it would finish all the same.
    stage.host.until("both are seen to be busy", |_| is_busy(&stage, 2));
    stage.trimtab(&["release", TARGET]);
    stage.host.until("one is left", |_| (stage.active(UNITS).len() == 1).then_some(()));
    let left = stage.active(UNITS);
    assert_eq!(stage.finished().len(), 1, "it is still at it");
    stage.host.until("it is done", |_| (stage.finished().len() == 2).then_some(()));
    let busy: u32 = stage.finished()[1].1.parse().unwrap();
    assert_eq!((&left, &stage.host.enabled(UNITS)), (&instances(TARGET, [busy]), &left));
    assert_ne!(busy, 1, "it would have stayed in any case");

    stage.trimtab(&["scale", TARGET, "2"]);
    stage.send("rq", 2, 5.0);
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

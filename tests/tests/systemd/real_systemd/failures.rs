//! D10 to D12: what fails is told, and the rest is done as `draksetup` does it.

use super::deeds::phases;
use super::stage::{AS_DRAKSETUP, Stage, drop_in, set, sized};

const WANTS: &str = "/etc/systemd/system/default.target.wants";

/// Links can be neither made nor removed.
fn forbid_links(stage: &Stage) {
    stage.machine.run(&["mkdir", "-p", WANTS]).told();
    stage.machine.run(&["mount", "--bind", WANTS, WANTS]).told();
    stage.machine.run(&["mount", "-o", "remount,bind,ro", WANTS]).told();
}

#[test]
fn d10_a_start_that_fails_is_told_and_stays_enabled() {
    for restart in ["no", "on-failure"] {
        let machine = sized(&["1"]);
        let broken = "ExecStartPre=/bin/sh -c 'test ! -e /lab/share/broken'";
        drop_in(&machine, "drakrun@2.service", &format!("{broken}\nRestart={restart}\nRestartSec=300ms"));
        std::fs::write(machine.share().join("broken"), "").unwrap();
        let mut stage = Stage::on(machine, AS_DRAKSETUP);

        let (told, deeds) = stage.deeds_of(2);
        assert_eq!(told.exit, Some(1), "Restart={restart}: {}", told.text);
        assert!(told.text.contains("drakrun@2"), "{}", told.text);
        let phases = phases(&deeds);
        assert_eq!(phases[0], "enable 2");
        assert!(phases[1].starts_with("start 2"), "{phases:?}");
        assert_eq!((stage.enabled(), stage.running()), (set(&["1", "2"]), set(&["1"])));
        stage.until_told("drakrun@2 did not start");

        std::fs::remove_file(stage.machine.share().join("broken")).unwrap();
        stage.until_running(&["1", "2"]);
        stage.until_replica("2", "ready", |replica| replica["state"] == "ready");
        assert_eq!(stage.scale(2).exit, Some(0));
    }
}

#[test]
fn d11_one_that_cannot_be_enabled_is_started_all_the_same() {
    let mut stage = Stage::sized(&["1"]);
    forbid_links(&stage);
    let (told, deeds) = stage.deeds_of(2);
    assert_eq!(phases(&deeds), ["enable 2", "start 2"]);
    assert_eq!(told.exit, Some(1), "a part failed: {}", told.text);
    assert!(told.text.contains("drakrun@2 could not be enabled"), "{}", told.text);
    assert_eq!((stage.enabled(), stage.running()), (set(&["1"]), set(&["1", "2"])));
    stage.until_told("boot-failed");
}

#[test]
fn d12_one_that_cannot_be_disabled_is_stopped_all_the_same() {
    let mut stage = Stage::sized(&["1", "2"]);
    forbid_links(&stage);
    let (told, deeds) = stage.deeds_of(1);
    assert_eq!(phases(&deeds), ["disable 2", "stop 2"]);
    assert_eq!(told.exit, Some(1), "a part failed: {}", told.text);
    assert!(told.text.contains("drakrun@2 could not be disabled"), "{}", told.text);
    assert_eq!((stage.enabled(), stage.running()), (set(&["1", "2"]), set(&["1"])));
    stage.until_told("boot-failed");
}

#[test]
fn one_without_a_place_at_boot_is_told_and_not_tried_again_and_again() {
    let machine = sized(&["1"]);
    // A file of its own, without a section [Install]: systemd does as it is asked, and nothing comes of it.
    machine.add_unit("drakrun@2.service", "[Service]\nExecStart=/lab/kit/worker drakrun-2\n");
    let mut stage = Stage::on(machine, AS_DRAKSETUP);
    assert_eq!(stage.scale(2).exit, Some(0));
    stage.until_told("[Install]");
    assert_eq!((stage.enabled(), stage.running()), (set(&["1"]), set(&["1", "2"])));
}

#[test]
fn a_masked_one_is_not_started_and_told() {
    let machine = sized(&["1"]);
    machine.systemctl(&["mask", "drakrun@2.service"]).told();
    let mut stage = Stage::on(machine, AS_DRAKSETUP);
    let told = stage.trimtab.verb(&["scale", "drakrun", "2", "--timeout", "3s"]);
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(stage.running(), set(&["1"]));
    stage.trimtab.until("it is shown", |trimtab| trimtab.told(&["status"]).contains("masked").then_some(()));
    stage.machine.systemctl(&["unmask", "drakrun@2.service"]).told();
    stage.until_running(&["1", "2"]);
}

#[test]
fn one_that_comes_to_its_start_limit_is_tried_again_all_the_same() {
    let machine = sized(&["1"]);
    machine.add_unit("drakrun@2.service.d/limit.conf", "[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=2\n");
    drop_in(&machine, "drakrun@2.service", "RestartSec=50ms");
    machine.jobs().turn("drakrun-2.refuse", "");
    let mut stage = Stage::on(machine, AS_DRAKSETUP);
    stage.order(2);
    stage.until_told("quarantined");
    assert!(stage.machine.log().contains("drakrun@2.service: Start request repeated too quickly"));
    std::fs::remove_file(stage.machine.share().join("knobs/drakrun-2.refuse")).unwrap();
    stage.until_running(&["1", "2"]);
}

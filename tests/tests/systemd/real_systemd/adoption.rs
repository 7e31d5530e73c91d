//! What runs already is taken over, and a host that comes back goes on.

use std::time::Duration;

use trimtab_tests::lab::{SystemdHost, TrimtabHost};

use super::deeds::{Deeds, phases};
use super::drains::{by_signals, is_draining};
use super::stage::{AS_DRAKSETUP, Stage, config, enabled, set, sized, unit};

/// Waits until the target has ticked for so long since it was seen first.
fn for_ticks(trimtab: &mut TrimtabHost, span: Duration) {
    let at = |trimtab: &mut TrimtabHost| trimtab.target("drakrun")?["at"].as_u64();
    let first = trimtab.until("a tick", at);
    trimtab.until("more ticks", |trimtab| at(trimtab).filter(|at| u128::from(at - first) > span.as_millis()));
}

#[test]
fn the_first_start_takes_over_what_is_enabled_and_touches_nothing() {
    let machine = sized(&["1", "2", "4"]);
    machine.systemctl(&["start", &unit("7")]).told();
    let pids = |machine: &SystemdHost| ["1", "2", "4", "7"].map(|it| machine.main_pid(&unit(it)));
    let (before, links) = (pids(&machine), enabled(&machine));
    let deeds = Deeds::watch(&machine);
    let trimtab = TrimtabHost::serving(&config(&machine, 3, AS_DRAKSETUP));
    let mut stage = Stage { trimtab, machine };
    for instance in ["1", "2", "4"] {
        stage.until_replica(instance, "ready", |replica| replica["state"] == "ready");
    }
    assert!(stage.replica("7").is_none(), "it is not enabled, so it is none of the target's");
    let told = stage.trimtab.told(&["status"]);
    assert!(told.contains("are not 1 to 3") && told.contains("drakrun@7 runs but is not enabled"), "{told}");
    for_ticks(&mut stage.trimtab, Duration::from_secs(2));
    assert_eq!(deeds.end(&stage.machine), [""; 0]);
    assert_eq!((pids(&stage.machine), stage.enabled()), (before, links));
}

#[test]
fn one_that_is_enabled_and_does_not_run_is_started() {
    let machine = sized(&["1", "2"]);
    machine.systemctl(&["stop", &unit("2")]).told();
    let stage = Stage::on(machine, AS_DRAKSETUP);
    stage.until_running(&["1", "2"]);
}

#[test]
fn a_host_that_is_killed_in_mid_drain_goes_on_with_it() {
    for sign in ["told-to-end", "paused"] {
        let machine = sized(&["1", "2"]);
        let how = if sign == "paused" { by_signals(&machine, "") } else { String::new() };
        let backend = format!("boot = \"enable\"\n{how}");
        let mut stage = Stage::on(machine, &backend);
        for job in ["a", "b"] {
            stage.machine.jobs().put(job, 2.0);
        }
        stage.machine.until("both are busy", |machine| machine.jobs().waiting().is_empty().then_some(()));
        stage.order(1);
        let jobs = stage.machine.jobs();
        stage.machine.until("2 is on its way out", |_| jobs.log("drakrun-2").contains(sign).then_some(()));
        stage.trimtab.until("that is written down", |trimtab| {
            let roster = std::fs::read_to_string(trimtab.home().join("state/systemd/drakrun/roster.json")).ok()?;
            (roster.contains("\"stopping\":true") || roster.contains("\"intake-stopped\":true")).then_some(())
        });
        stage.trimtab.kill();
        let deeds = Deeds::watch(&stage.machine);
        stage.trimtab.start();
        stage.until_replica("2", "still draining", is_draining);
        stage.until_running(&["1"]);
        stage.until_gone("2");
        let expected: &[&str] = if sign == "paused" { &["stop 2"] } else { &[] };
        assert_eq!(phases(&deeds.end(&stage.machine)), expected, "nothing is asked for twice");
        stage.machine.until("both are done", |_| (jobs.done().len() == 2).then_some(()));
        assert_eq!(stage.enabled(), set(&["1"]));
    }
}

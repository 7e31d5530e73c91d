//! D15 to D18, and drains that are taken back or come to their deadline: with analyses under way.

use serde_json::Value;
use trimtab_tests::lab::SystemdHost;

use super::deeds::{Deeds, phases, position};
use super::stage::{AS_DRAKSETUP, Stage, drop_in, events, set, sized};

/// The lab's workers take no new jobs after USR1, and again after USR2; what they have in hand lies in a folder.
pub fn by_signals(machine: &SystemdHost, more: &str) -> String {
    let running = machine.share().join("running");
    format!(
        r#"
        drain = {{ stop-intake = {{ signal = "USR1" }}, resume-intake = {{ signal = "USR2" }}{more} }}
        jobs = {{ every = "200ms", command.run = ["/bin/sh", "-c", "ls {}/drakrun-{{instance}} | wc -l"] }}
        "#,
        running.display()
    )
}

pub fn is_draining(replica: &Value) -> bool {
    replica["state"] == "draining"
}

fn is_overdue(replica: &Value) -> bool {
    is_draining(replica) && replica.to_string().contains("drain.overdue")
}

#[test]
fn d15_a_busy_one_finishes_its_analysis_and_takes_no_other() {
    let mut stage = Stage::sized(&["1"]);
    stage.give("1", "a", 1.0);
    stage.machine.jobs().put("b", 0.1);
    stage.order(0);
    let draining = stage.until_replica("1", "draining", is_draining);
    assert!(stage.machine.jobs().in_hand("drakrun-1").is_some(), "{draining}");
    stage.until_gone("1");
    let jobs = stage.machine.jobs();
    assert_eq!((jobs.done(), jobs.waiting()), ([String::from("a")].into(), [String::from("b")].into()));
    assert!(jobs.log("drakrun-1").contains(" ended"), "it ended by itself: {}", jobs.log("drakrun-1"));
    assert!(!events(&stage.trimtab).contains("drain-timed-out"));
}

#[test]
fn d16_an_idle_one_ends_soon() {
    let stage = Stage::sized(&["1", "2"]);
    let told = stage.trimtab.verb(&["scale", "drakrun", "1", "--timeout", "5s"]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert_eq!(stage.running(), set(&["1"]));
}

#[test]
fn d17_a_job_that_comes_after_the_stop_is_counted() {
    let machine = sized(&["1"]);
    machine.jobs().turn("drakrun-1.last", "");
    let backend = format!("{AS_DRAKSETUP}\n{}", by_signals(&machine, "").replace("drain =", "#"));
    let mut stage = Stage::on(machine, &backend);
    stage.order(0);
    stage.until_replica("1", "draining", is_draining);
    let jobs = stage.machine.jobs();
    stage.machine.until("it was told to end", |_| jobs.log("drakrun-1").contains("told-to-end").then_some(()));
    stage.give("1", "late", 1.0);
    stage.until_replica("1", "draining with a job", |replica| is_draining(replica) && replica["usage"]["jobs"] == 1);
    stage.until_gone("1");
    assert_eq!(jobs.times_finished(), [(String::from("late"), 1)].into());
}

#[test]
fn d18_an_analysis_that_systemd_cut_short_is_no_success() {
    let machine = sized(&["1", "2"]);
    drop_in(&machine, "drakrun@.service", "TimeoutStopSec=700ms");
    let mut stage = Stage::on(machine, AS_DRAKSETUP);
    let told = stage.trimtab.verb(&["check"]);
    let warning = String::from_utf8_lossy(&told.stdout).into_owned() + &String::from_utf8_lossy(&told.stderr);
    assert!(warning.contains("TimeoutStopSec=700ms"), "{warning}");

    for job in ["a", "b"] {
        stage.machine.jobs().put(job, 60.0);
    }
    stage.machine.until("both are busy", |machine| machine.jobs().waiting().is_empty().then_some(()));
    let told = stage.scale(1);
    assert_eq!(told.exit, Some(1), "{}", told.text);
    assert!(told.text.contains("drakrun@2 did not finish within"), "{}", told.text);
    assert_eq!(stage.running(), set(&["1"]));
    stage.until_told("drain-timed-out");
    let outcome = |trimtab: &mut _| events(trimtab).lines().rfind(|line| line.contains("outcome")).map(str::to_owned);
    let outcome = stage.trimtab.until("the outcome", outcome);
    assert!(outcome.contains("failed") || outcome.contains("partial"), "{outcome}");
    assert!(stage.machine.jobs().done().is_empty());
}

#[test]
fn a_drain_is_taken_back_before_the_stop() {
    let machine = sized(&["1", "2"]);
    let backend = by_signals(&machine, "");
    let mut stage = Stage::on(machine, &backend);
    let jobs = stage.machine.jobs();
    stage.machine.systemctl(&["kill", "--signal=USR1", "drakrun@1.service"]).told();
    stage.machine.until("1 takes none", |_| jobs.log("drakrun-1").contains("paused").then_some(()));
    stage.give("2", "a", 3.0);
    let pid = stage.machine.main_pid("drakrun@2.service");
    stage.order(1);
    stage.until_replica("2", "draining and busy", |it| is_draining(it) && it["usage"]["jobs"] == 1);
    stage.machine.until("2 takes none", |_| jobs.log("drakrun-2").contains("paused").then_some(()));
    let deeds = Deeds::watch(&stage.machine);
    let told = stage.scale(2);
    assert_eq!(told.exit, Some(0), "{}", told.text);
    stage.machine.until("2 takes jobs again", |_| jobs.log("drakrun-2").contains("resumed").then_some(()));
    assert_eq!(phases(&deeds.end(&stage.machine)), ["kill 2"], "a signal is all it takes");
    jobs.put("b", 0.1);
    stage.machine.until("both are done", |_| (jobs.done().len() == 2).then_some(()));
    assert_eq!(stage.machine.main_pid("drakrun@2.service"), pid);
    assert!(stage.replica("2").is_some_and(|replica| replica["state"] == "ready"));
}

#[test]
fn a_drain_is_taken_back_after_the_stop() {
    let mut stage = Stage::sized(&["1"]);
    stage.give("1", "a", 2.0);
    stage.order(0);
    stage.until_replica("1", "draining", is_draining);
    let jobs = stage.machine.jobs();
    stage.machine.until("it was told to end", |_| jobs.log("drakrun-1").contains("told-to-end").then_some(()));
    let deeds = Deeds::watch(&stage.machine);
    stage.order(1);
    stage.machine.until("it is enabled", |_| stage.enabled().contains("1").then_some(()));
    assert_eq!(jobs.in_hand("drakrun-1").as_deref(), Some("a"), "it still works");
    jobs.put("b", 0.1);
    stage.machine.until("both are done", |_| (jobs.done().len() == 2).then_some(()));
    stage.until_running(&["1"]);
    let deeds = deeds.end(&stage.machine);
    assert_eq!(phases(&deeds), ["enable 1", "start 1"]);
    assert!(position(&deeds, "start 1") < position(&deeds, "over 1"), "the start waits for the stop: {deeds:?}");
    assert_eq!(jobs.times_finished().values().copied().collect::<Vec<_>>(), [1, 1]);
    stage.until_replica("1", "ready", |replica| replica["state"] == "ready");
    assert!(!events(&stage.trimtab).contains(" ended "), "nobody is told of an end that was asked for");
}

#[test]
fn at_its_deadline_it_is_kept_and_shown_or_stopped() {
    for then in ["keep", "stop"] {
        let machine = sized(&["1"]);
        let backend = by_signals(&machine, &format!(r#", deadline = "1s", then = "{then}""#));
        let mut stage = Stage::on(machine, &backend);
        stage.give("1", "a", 3.0);
        stage.order(0);
        stage.until_replica("1", "overdue", is_overdue);
        stage
            .trimtab
            .until("status tells", |trimtab| trimtab.told(&["status"]).contains("longer than it should").then_some(()));
        stage.until_gone("1");
        let told = events(&stage.trimtab);
        assert!(told.contains("drain-overdue") && !told.contains("drain-timed-out"), "{told}");
        let log = stage.machine.jobs().log("drakrun-1");
        let (done, told_to_end) = (log.find(" done a"), log.find(" told-to-end"));
        assert!(done.is_some() && told_to_end.is_some(), "{log}");
        assert_eq!(then == "keep", done < told_to_end, "{then}: {log}");
    }
}

#[test]
fn at_its_deadline_it_is_killed() {
    let machine = sized(&["1"]);
    let backend = by_signals(&machine, r#", deadline = "1s", then = "kill""#);
    let mut stage = Stage::on(machine, &backend);
    stage.give("1", "a", 60.0);
    let told = stage.scale(0);
    assert_eq!(told.exit, Some(1), "{}", told.text);
    stage.until_running(&[]);
    stage.until_told("drain-timed-out");
    assert!(stage.machine.jobs().done().is_empty());
}

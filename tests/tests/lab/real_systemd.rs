//! The hosts of systemd.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use trimtab_tests::lab::SystemdHost;
use trimtab_tests::lab::systemd::{PROGRAMS_INSIDE, REPO_INSIDE, USER_INSIDE};

const WORKER: &str = "drakrun@1.service";

/// Lets the user start and stop exactly the instances of one template.
const RULE: &str = r#"
polkit.addRule(function(action, subject) {
    if (action.id == "org.freedesktop.systemd1.manage-units" && subject.user == "trimtab" &&
        /^drakrun@[0-9]+\.service$/.test(action.lookup("unit"))) return polkit.Result.YES;
});
"#;

#[test]
fn a_worker_that_is_stopped_finishes_its_job_first() {
    let host = SystemdHost::start();
    let jobs = host.jobs();
    jobs.put("a", 0.7);
    jobs.put("b", 0.7);
    assert!(!host.is_enabled(WORKER));
    host.systemctl(&["enable", "--now", WORKER]).told();
    assert!(host.is_enabled(WORKER) && host.is_active(WORKER));
    assert_eq!(host.enabled("drakrun@*.service"), BTreeSet::from([WORKER.to_owned()]));
    let job = host.until("the worker has a job in hand", |_| jobs.in_hand("drakrun-1"));
    host.systemctl(&["stop", WORKER]).told();
    assert_eq!(jobs.done(), BTreeSet::from([job]));
    assert_eq!(jobs.waiting().len(), 1);
    assert!(host.main_pid(WORKER).is_none() && !host.is_active(WORKER));
}

#[test]
fn many_workers_finish_every_job_exactly_once() {
    let host = SystemdHost::start();
    let jobs = host.jobs();
    let names: BTreeSet<String> = (0..60).map(|job| format!("j{job}")).collect();
    for job in &names {
        jobs.put(job, 0.02);
    }
    host.systemctl(&["start", WORKER, "drakrun@2.service", "drakrun@3.service"]).told();
    host.until("the second is up", |_| jobs.log("drakrun-2").contains(" up").then_some(()));
    host.systemctl(&["kill", "--signal=USR1", "drakrun@2.service"]).told();
    host.until("all are done", |_| (jobs.done() == names).then_some(()));
    host.systemctl(&["stop", "drakrun@*.service"]).told();
    assert_eq!(jobs.times_finished(), names.into_iter().map(|job| (job, 1)).collect());
    assert!(jobs.log("drakrun-2").contains(" paused"));
}

#[test]
fn a_killed_workers_job_is_done_when_it_is_back() {
    let host = SystemdHost::start();
    let jobs = host.jobs();
    jobs.put("a", 0.5);
    host.systemctl(&["start", WORKER]).told();
    host.until("the worker has the job in hand", |_| jobs.in_hand("drakrun-1"));
    host.systemctl(&["kill", "--signal=KILL", WORKER]).told();
    host.until("it is done all the same", |_| (jobs.done().len() == 1).then_some(()));
    assert_eq!(host.property(WORKER, "NRestarts"), "1");
    assert!(jobs.log("drakrun-1").contains(" again a"));
}

#[test]
fn what_is_enabled_outlives_a_power_cut() {
    let host = SystemdHost::start();
    host.systemctl(&["enable", WORKER]).told();
    host.run(&["touch", "/srv/gone", "/var/lib/trimtab/kept"]).told();
    let bus = host.bus_address();
    host.power_cut();
    assert!(UnixStream::connect(bus.trim_start_matches("unix:path=")).is_err());
    host.boot();
    assert_eq!(host.bus_address(), bus);
    assert!(host.is_active(WORKER));
    assert!(host.run(&["test", "-e", "/var/lib/trimtab/kept", "-a", "!", "-e", "/srv/gone"]).succeeded());
    host.until("the worker works", |host| host.jobs().log("drakrun-1").contains(" up").then_some(()));
    host.power_off();
    assert!(host.jobs().log("drakrun-1").contains(" ended"));
}

#[test]
fn what_is_frozen_does_not_answer() {
    let host = SystemdHost::start();
    let asks = ["timeout", "0.5", "busctl", "get-property", "org.freedesktop.systemd1", "/org/freedesktop/systemd1"];
    let asks = [&asks[..], &["org.freedesktop.systemd1.Manager", "Version"]].concat();
    assert!(host.run(&asks).succeeded());
    host.freeze_systemd();
    assert_eq!(host.run(&asks).status, Some(124));
    host.thaw_systemd();
    assert!(host.run(&asks).succeeded());
    host.freeze_bus();
    assert_eq!(host.run(&asks).status, Some(124));
    host.thaw_bus();
    host.restart_bus();
    assert!(host.run(&asks).succeeded());
}

#[test]
fn polkit_denies_and_allows_by_unit() {
    let host = SystemdHost::with_polkit();
    let start = |unit: &str| host.run_as(USER_INSIDE, &["systemctl", "--no-ask-password", "start", unit]);
    assert!(!start(WORKER).succeeded());
    host.put_file("/etc/polkit-1/rules.d/10-trimtab.rules", RULE);
    host.until("polkit has read the rule", |_| start(WORKER).succeeded().then_some(()));
    assert!(host.is_active(WORKER));
    let denied = start("drak-postprocess@1.service");
    assert!(denied.stderr.contains("authentication required") || denied.stderr.contains("Access denied"), "{denied:?}");
}

#[test]
fn a_program_runs_inside_as_another_user() {
    let host = SystemdHost::start();
    let shell = "id -un; cat /etc/hostname; exec sleep 60";
    let program = host.spawn_inside("agent", Some(USER_INSIDE), &["sh", "-c", shell]);
    let inside = host.run(&["cat", "/etc/hostname"]).told();
    host.until("it has written", |_| (program.log() == format!("{USER_INSIDE}\n{inside}\n")).then_some(()));
    assert!(program.is_running() && program.pid().is_some());
    program.signal("KILL");
    host.until("it has ended", |_| (!program.is_running()).then_some(()));
    let readable = [&format!("{REPO_INSIDE}/Cargo.toml"), &format!("{PROGRAMS_INSIDE}/deps")];
    assert!(host.run_as(USER_INSIDE, &["ls", readable[0], readable[1]]).succeeded());
    assert!(!host.run_as(USER_INSIDE, &["touch", "/etc/systemd/system/x.service"]).succeeded());
}

#[test]
fn what_a_unit_uses_is_counted() {
    let host = SystemdHost::with_units(&[(
        "busy.service",
        "[Service]\nExecStart=/bin/sh -c 'x=$(head -c 8000000 /dev/zero | tr \"\\\\0\" x); echo $x | md5sum; exec sleep 60'\n",
    )]);
    host.systemctl(&["start", "busy.service"]).told();
    let number = |name: &str| host.property("busy.service", name).parse::<u64>().ok();
    host.until("its CPU time is seen", |_| number("CPUUsageNSec").filter(|nanos| *nanos > 1_000_000));
    assert!(number("MemoryCurrent").is_some_and(|bytes| bytes > 0));
    assert!(number("TasksCurrent").is_some_and(|tasks| tasks > 0));
}

#[test]
fn broken_units_break_as_they_should() {
    let host = SystemdHost::start();
    for unit in ["failstart@1.service", "noexec@1.service"] {
        assert!(!host.systemctl(&["start", unit]).succeeded(), "{unit}");
        assert_eq!(host.property(unit, "ActiveState"), "failed");
    }
    host.systemctl(&["start", "crashloop@1.service"]).told();
    host.until("it has come to its start limit", |host| {
        (host.property("crashloop@1.service", "ActiveState") == "failed").then_some(())
    });
    host.add_unit("stubborn@.service.d/soon.conf", "[Service]\nTimeoutStopSec=200ms\n");
    host.systemctl(&["start", "stubborn@1.service", "slowstop@1.service"]).told();
    host.systemctl(&["stop", "stubborn@1.service"]).told();
    assert_eq!(host.property("stubborn@1.service", "Result"), "timeout");
}

#[test]
fn two_hosts_do_not_see_each_other_and_leave_nothing_behind() {
    let (one, two) = (SystemdHost::start(), SystemdHost::start());
    one.systemctl(&["start", WORKER]).told();
    assert!(one.is_active(WORKER) && !two.is_active(WORKER));
    let name = |host: &SystemdHost| host.run(&["hostname"]).told();
    assert_ne!(name(&one), name(&two));
    let folders = [&one, &two].map(|host| host.share().parent().unwrap().to_owned());
    let groups: Vec<PathBuf> = folders.iter().flat_map(|folder| groups_of(folder)).collect();
    assert!(!groups.is_empty() && groups.iter().all(|group| group.exists()));
    drop((one, two));
    let left: Vec<&PathBuf> = folders.iter().chain(&groups).filter(|path| path.exists()).collect();
    assert!(left.is_empty(), "{left:?}");
}

fn groups_of(folder: &Path) -> Vec<PathBuf> {
    fs::read_to_string(folder.join("cgroups"))
        .unwrap()
        .lines()
        .map(|line| line.split(' ').next().unwrap().into())
        .collect()
}

//! Trimtab under its shipped unit.

use trimtab_tests::lab::SystemdHost;

use super::stage::{SERVICE, drop_in, installed, keep_log, log, write_config};

const TWO_SLEEPERS: &str = r#"
[target.sleepers]
interval = "1s"
min = 1
max = 3
policy = { component = "builtin:fixed-count", config = { count = 2 } }
backend = { process = { command = ["/bin/sleep", "1000"] } }
"#;
const WITH_A_SECRET: &str = r#"
[source.api.http-json]
url = "http://127.0.0.1:1"
auth = { bearer-token = { credential = "token" } }
"#;

fn served() -> SystemdHost {
    let host = installed(&[]);
    keep_log(&host);
    host.systemctl(&["start", SERVICE]).told();
    host
}

/// A line of `/proc/PID/status` of Trimtab.
fn status_line(host: &SystemdHost, key: &str) -> String {
    let pid = host.main_pid(SERVICE).unwrap();
    let status = host.run(&["cat", &format!("/proc/{pid}/status")]).told();
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).unwrap();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sleepers(host: &SystemdHost) -> Vec<String> {
    let pids = host.run(&["pgrep", "-x", "sleep"]).stdout;
    pids.lines().map(str::to_owned).collect()
}

#[test]
fn it_is_up_when_it_says_so_and_has_no_privileges() {
    let host = served();
    assert!(host.run(&["trimtab", "status"]).told().contains("nothing"), "it answers as soon as it is up");
    let user = host.run(&["id", "-u", "trimtab"]).told();
    assert_eq!(status_line(&host, "Uid"), [user.as_str(); 4].join(" "));
    for key in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(status_line(&host, key), "0000000000000000", "{key}");
    }
    assert_eq!((status_line(&host, "NoNewPrivs"), status_line(&host, "Seccomp")), ("1".to_owned(), "2".to_owned()));
    assert_eq!(host.property(SERVICE, "NRestarts"), "0");
}

#[test]
fn it_feeds_the_watchdog_and_is_restarted_when_it_hangs() {
    let host = installed(&[]);
    drop_in(&host, SERVICE, "watchdog", "[Service]\nWatchdogSec=1s\nRestartSec=100ms\n");
    host.systemctl(&["start", SERVICE]).told();
    let fed = |host: &SystemdHost| host.property(SERVICE, "WatchdogTimestampMonotonic");
    for _ in 0..3 {
        let before = fed(&host);
        host.until("the watchdog is fed", |host| (fed(host) != before).then_some(()));
    }
    assert_eq!(host.property(SERVICE, "NRestarts"), "0");
    host.systemctl(&["kill", "--kill-whom=main", "--signal=STOP", SERVICE]).told();
    host.until("it is missed", |host| (host.property(SERVICE, "NRestarts") == "1").then_some(()));
    host.until("it is back", |host| host.is_active(SERVICE).then_some(()));
}

#[test]
fn a_reload_takes_a_good_config_and_refuses_a_bad_one() {
    let host = served();
    write_config(&host, TWO_SLEEPERS);
    host.systemctl(&["reload", SERVICE]).told();
    assert!(host.run(&["trimtab", "status"]).told().contains("sleepers"), "a reload has ended when it is done");
    write_config(&host, "nonsense");
    host.systemctl(&["reload", SERVICE]).told();
    assert!(log(&host).contains("the new config can't be used: everything stays as it is"), "{}", log(&host));
    assert!(host.is_active(SERVICE));
    assert_eq!(host.property(SERVICE, "NRestarts"), "0");
}

#[test]
fn workers_of_the_backend_process_outlive_it() {
    let host = installed(&[]);
    write_config(&host, TWO_SLEEPERS);
    host.systemctl(&["start", SERVICE]).told();
    let before = host.until("two workers", |host| Some(sleepers(host)).filter(|workers| workers.len() == 2));
    host.systemctl(&["restart", SERVICE]).told();
    assert_eq!(sleepers(&host), before);
    host.systemctl(&["stop", SERVICE]).told();
    assert_eq!(sleepers(&host), before);
}

#[test]
fn a_credential_of_roots_can_be_read() {
    let host = installed(&[]);
    keep_log(&host);
    write_config(&host, WITH_A_SECRET);
    assert!(!host.systemctl(&["start", SERVICE]).succeeded(), "there is no credential yet");
    assert!(log(&host).contains("CREDENTIALS_DIRECTORY is not set"), "{}", log(&host));
    host.systemctl(&["stop", SERVICE]).told();
    host.put_file("/etc/trimtab/secrets/token", "hush\n");
    host.run(&["chmod", "-R", "go=", "/etc/trimtab/secrets"]).told();
    drop_in(&host, SERVICE, "token", "[Service]\nLoadCredential=token:/etc/trimtab/secrets/token\n");
    host.systemctl(&["start", SERVICE]).told();
}

/// If this fails, `MemoryDenyWriteExecute=yes` belongs into the shipped unit (RATIONALE.md there).
#[test]
fn memory_deny_write_execute_still_forbids_compiled_policies() {
    let host = installed(&[]);
    keep_log(&host);
    drop_in(&host, SERVICE, "mdwe", "[Service]\nMemoryDenyWriteExecute=yes\n");
    host.systemctl(&["start", SERVICE]).told();
    host.until("it holds, and says why", |host| log(host).contains("failed to make memory executable").then_some(()));
}

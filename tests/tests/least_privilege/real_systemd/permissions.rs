//! What polkit lets Trimtab's user do with units, by the shipped rule.

use trimtab_tests::lab::SystemdHost;
use trimtab_tests::lab::systemd::USER_INSIDE;

use super::stage::{as_trimtab, installed};

const MANAGER: [&str; 3] =
    ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"];
const SLEEPS: &str = "[Service]\nExecStart=/bin/sleep 1000\n";

fn assert_denied(host: &SystemdHost, words: &[&str]) {
    let refusal = as_trimtab(host, words).unwrap_err();
    assert!(refusal.contains("Interactive authentication required"), "{words:?}: {refusal}");
}

/// A method of the manager itself, as Trimtab's user: systemctl checks names and looks at units before it asks.
fn call(host: &SystemdHost, method: &[&str]) -> Result<(), String> {
    let ran = host.run_as(USER_INSIDE, &[&["busctl", "call"], &MANAGER[..], method].concat());
    if ran.succeeded() { Ok(()) } else { Err(ran.stderr) }
}

#[test]
fn instances_of_the_template_can_be_managed() {
    let host = installed(&[]);
    as_trimtab(&host, &["start", "drakrun@1.service", "drakrun@02.service"]).unwrap();
    assert!(host.is_active("drakrun@1.service") && host.is_active("drakrun@02.service"));
    as_trimtab(&host, &["kill", "--signal=KILL", "drakrun@02.service"]).unwrap();
    as_trimtab(&host, &["restart", "drakrun@1.service"]).unwrap();
    as_trimtab(&host, &["reset-failed", "drakrun@02.service"]).unwrap();
    as_trimtab(&host, &["stop", "drakrun@1.service", "drakrun@02.service"]).unwrap();
    assert!(!host.is_active("drakrun@1.service") && !host.is_active("drakrun@02.service"));
}

#[test]
fn nothing_else_can() {
    let host = installed(&[]);
    host.add_unit("sshd.service", SLEEPS);
    host.add_unit("xdrakrun@.service", SLEEPS);
    host.systemctl(&["start", "sshd.service", "drakrun@1.service"]).told();
    let others = ["sshd.service", "drak-postprocess@1.service", "xdrakrun@1.service", "drakrun@x.service"];
    for unit in others.iter().chain(&["drakrun@12345678901.service", "trimtab.service", "dbus.service"]) {
        assert_denied(&host, &["start", unit]);
    }
    for verb in ["stop", "restart", "kill", "reset-failed"] {
        assert_denied(&host, &[verb, "sshd.service"]);
    }
    for other in [&["reset-failed"][..], &["daemon-reload"], &["enable", "drakrun@1.service"], &["poweroff"]] {
        assert_denied(&host, other);
    }
    assert_denied(&host, &["set-property", "--runtime", "drakrun@1.service", "MemoryMax=1M"]);
    assert!(host.is_active("sshd.service") && host.is_active("drakrun@1.service"));
}

#[test]
fn the_bus_says_the_same() {
    let host = installed(&[]);
    call(&host, &["StartUnit", "ss", "drakrun@1.service", "fail"]).unwrap();
    host.until("it runs", |host| host.is_active("drakrun@1.service").then_some(()));
    for name in ["drakrun@x;evil.service", "drakrun@1.service\nsshd.service", "drakrun@1.service/../sshd.service"] {
        call(&host, &["StartUnit", "ss", name, "fail"]).unwrap_err();
    }
    for (method, answer) in [("EnableUnitFiles", "asbb"), ("DisableUnitFiles", "asb")] {
        let flags = vec!["false"; answer.len() - 2];
        let refusal = call(&host, &[&[method, answer, "1", "drakrun@1.service"], &flags[..]].concat()).unwrap_err();
        assert!(refusal.contains("Interactive authentication required"), "{refusal}");
    }
    assert!(!host.is_enabled("drakrun@1.service"));
}

#[test]
fn another_user_has_gained_nothing() {
    let host = installed(&[]);
    let ran = host.run_as("daemon", &["systemctl", "--no-ask-password", "start", "drakrun@1.service"]);
    assert!(ran.stderr.contains("Interactive authentication required"), "{ran:?}");
}

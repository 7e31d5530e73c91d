//! systemd is there, and says no.

use trimtab_tests::lab::systemd::{PROGRAMS_INSIDE, USER_INSIDE};
use trimtab_tests::lab::{SystemdHost, TrimtabHost, program};

use super::stage::{SIZE, systemd, target};

#[test]
fn a_template_that_is_missing_is_told_and_harms_no_other_on_the_same_bus() {
    let host = SystemdHost::start();
    let missing = systemd("missing", &host, "host").replace("drakrun@", "missing@");
    let mut trimtab = TrimtabHost::serving(&format!("{}{missing}", systemd("drakrun", &host, "host")));
    trimtab.until("the other has its size", |trimtab| {
        let view = trimtab.target("drakrun")?;
        (view["ready"] == SIZE && view["condition"] == "steady").then_some(())
    });
    for verb in [&["status"][..], &["events", "missing"], &["explain", "missing"]] {
        trimtab.until(&format!("{verb:?} tells it"), |trimtab| {
            let told = trimtab.told(verb);
            told.contains("missing@.service is not installed").then_some(())
        });
    }
    assert_eq!(trimtab.target("drakrun").unwrap()["condition"], "steady");
    let events = trimtab.told(&["events"]);
    assert!(!events.contains("not asked yet"), "the first tick waits for the first look: {events}");
}

/// As another user inside: root is never denied.
#[test]
fn who_has_no_right_hears_which_one_is_missing() {
    let _ = program::trimtab();
    let host = SystemdHost::with_polkit();
    let path = "/var/lib/trimtab/trimtab.toml";
    let config = "[host]\nhttp = \"127.0.0.1:0\"\nstate-dir = \"/var/lib/trimtab/state\"\n".to_owned()
        + &target("drakrun")
        + "backend.systemd = { template = \"drakrun@.service\", boot = \"enable\" }\n";
    host.put_file(path, &config);
    let trimtab = format!("{PROGRAMS_INSIDE}/trimtab");
    let serve = host.spawn_inside("denied", Some(USER_INSIDE), &[&trimtab, "serve", "--config", path]);
    let may_not_start = "grant org.freedesktop.systemd1.manage-units for unit \"drakrun@2.service\" and verb \"start\"";
    let may_not_enable = "grant org.freedesktop.systemd1.manage-unit-files";
    let each =
        [("status", may_not_start), ("explain", may_not_start), ("events", may_not_start), ("events", may_not_enable)];
    for (verb, right) in each {
        let target = (verb != "status").then_some("drakrun");
        let words: Vec<&str> = [&trimtab, verb].into_iter().chain(target).chain(["--config", path]).collect();
        host.until(&format!("{verb} tells {right:?}"), |host| {
            host.run_as(USER_INSIDE, &words).stdout.contains(right).then_some(())
        });
    }
    assert!(serve.is_running(), "{}", serve.log());
    assert!(host.enabled("drakrun@*.service").is_empty() && !host.is_active("drakrun@1.service"));
}

//! The real systemctl, on a folder that it takes for a whole machine.

use std::fs;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

const UNIT: &str = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=default.target\n";

/// A machine that is only files.
struct Machine {
    root: TempDir,
    systemctl: Systemctl,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("etc/systemd/system")).unwrap();
        fs::write(root.path().join("etc/systemd/system/drakrun@.service"), UNIT).unwrap();
        let mut systemctl = Systemctl::find().expect("systemctl is needed here; see tests/install-lab");
        systemctl.options.push(format!("--root={}", root.path().display()));
        Self { root, systemctl }
    }

    fn wanted(&self) -> Vec<String> {
        let wants = self.root.path().join("etc/systemd/system/default.target.wants");
        let Ok(links) = fs::read_dir(wants) else { return Vec::new() };
        let mut names: Vec<_> = links.map(|link| link.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn carry_out(&self, request: &Request) -> Vec<Outcome> {
        self.systemctl.carry_out(request, soon())
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn units_are_enabled_and_disabled() {
    let machine = Machine::new();
    let outcomes = machine.carry_out(&Request::Enable(names(&["drakrun@1.service", "drakrun@01.service"])));
    assert_eq!(outcomes, [Outcome::done("drakrun@1.service"), Outcome::done("drakrun@01.service")]);
    assert_eq!(machine.wanted(), ["drakrun@01.service", "drakrun@1.service"]);
    let outcomes = machine.carry_out(&Request::Disable(names(&["drakrun@01.service"])));
    assert_eq!(outcomes, [Outcome::done("drakrun@01.service")]);
    assert_eq!(machine.wanted(), ["drakrun@1.service"]);
}

#[test]
fn a_bad_unit_does_not_hinder_the_others() {
    let machine = Machine::new();
    let asked = ["drakrun@1.service", "absent@1.service", "drakrun@2.service"];
    let outcomes = machine.carry_out(&Request::Enable(names(&asked)));
    assert_eq!(outcomes.iter().map(|outcome| outcome.error.is_none()).collect::<Vec<_>>(), [true, false, true]);
    let error = outcomes[1].error.as_deref().unwrap();
    assert!(error.contains("absent@1.service") && error.contains("does not exist"), "{error}");
    assert_eq!(machine.wanted(), ["drakrun@1.service", "drakrun@2.service"]);
}

#[test]
fn out_of_time_nothing_more_is_tried() {
    let machine = Machine::new();
    let outcomes = machine.systemctl.carry_out(&Request::Enable(names(&["drakrun@1.service"])), Instant::now());
    assert_eq!(outcomes, [Outcome::failed("drakrun@1.service", OUT_OF_TIME)]);
    assert_eq!(machine.wanted(), [""; 0]);
}

#[test]
fn what_hangs_is_ended() {
    let hangs = Systemctl { program: "/bin/sh".into(), options: names(&["-c", "echo slowly >&2; exec sleep 1000"]) };
    let began = Instant::now();
    let outcomes = hangs.carry_out(&Request::Enable(names(&["drakrun@1.service"])), began + Duration::from_millis(100));
    assert_eq!(outcomes, [Outcome::failed("drakrun@1.service", OUT_OF_TIME)]);
    assert!(began.elapsed() < Duration::from_secs(10));
}

//! A machine that was sized by `draksetup`, and Trimtab for it.

use std::collections::BTreeSet;
use std::process::Output;

use serde_json::Value;
use trimtab_tests::lab::{SystemdHost, TrimtabHost};

use super::deeds::Deeds;

/// `boot = "enable"`, as `draksetup` has it; told soon when a worker can't be started.
pub const AS_DRAKSETUP: &str = "boot = \"enable\"\nrestart = { min = \"200ms\", max = \"1s\" }";

/// A machine and the Trimtab that scales its `drakrun@`.
pub struct Stage {
    pub trimtab: TrimtabHost,
    pub machine: SystemdHost,
}

/// What `trimtab scale` said.
pub struct Told {
    pub exit: Option<i32>,
    pub text: String,
}

impl Stage {
    /// On this machine, with these keys for the backend. As many are wanted as are enabled, so nothing is to be done.
    pub fn on(machine: SystemdHost, backend: &str) -> Self {
        let size = enabled(&machine).len();
        let trimtab = TrimtabHost::serving(&config(&machine, size, backend));
        let mut stage = Self { trimtab, machine };
        stage.until_seen();
        stage
    }

    /// On a machine on which these instances run and are enabled.
    pub fn sized(instances: &[&str]) -> Self {
        Self::on(sized(instances), AS_DRAKSETUP)
    }

    /// Waits until Trimtab has seen the machine.
    pub fn until_seen(&mut self) {
        let seen = |trimtab: &mut TrimtabHost| trimtab.target("drakrun").filter(|view| !view["observation"].is_null());
        self.trimtab.until("the machine is seen", seen);
    }

    /// `trimtab scale drakrun SIZE`, which waits until it is so.
    pub fn scale(&self, size: u32) -> Told {
        Told::by(&self.trimtab.verb(&["scale", "drakrun", &size.to_string()]))
    }

    /// The same without waiting.
    pub fn order(&self, size: u32) {
        self.trimtab.told(&["scale", "drakrun", &size.to_string(), "--no-wait"]);
    }

    /// The same, and what systemd was asked for until it was done.
    pub fn deeds_of(&self, size: u32) -> (Told, Vec<String>) {
        let deeds = Deeds::watch(&self.machine);
        let told = self.scale(size);
        (told, deeds.end(&self.machine))
    }

    /// Waits until these run, and no others.
    pub fn until_running(&self, instances: &[&str]) {
        let wanted = set(instances);
        self.machine.until(&format!("{wanted:?} run"), |machine| (running(machine) == wanted).then_some(()));
    }

    /// Waits until the events of the target have this word in them.
    pub fn until_told(&mut self, word: &str) {
        let told = |trimtab: &mut TrimtabHost| events(trimtab).contains(word).then_some(());
        self.trimtab.until(&format!("the events tell {word:?}"), told);
    }

    /// One replica, as the API shows it; none if it is not there.
    pub fn replica(&self, instance: &str) -> Option<Value> {
        replica(&self.trimtab, instance)
    }

    /// Waits until a replica is so.
    pub fn until_replica(&mut self, instance: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let look = |trimtab: &mut TrimtabHost| replica(trimtab, instance).filter(&is_so);
        self.trimtab.until(&format!("drakrun@{instance} is {what}"), look)
    }

    /// Waits until a replica is gone.
    pub fn until_gone(&mut self, instance: &str) {
        let gone = |trimtab: &mut TrimtabHost| replica(trimtab, instance).is_none().then_some(());
        self.trimtab.until(&format!("drakrun@{instance} is gone"), gone);
    }

    /// Puts a job in the queue and waits until this worker has it in hand.
    pub fn give(&self, instance: &str, job: &str, secs: f64) {
        let (jobs, worker) = (self.machine.jobs(), format!("drakrun-{instance}"));
        jobs.put(job, secs);
        self.machine.until(&format!("{worker} has {job}"), |_| (jobs.in_hand(&worker)? == job).then_some(()));
    }

    /// Which are enabled.
    pub fn enabled(&self) -> BTreeSet<String> {
        enabled(&self.machine)
    }

    /// Which run.
    pub fn running(&self) -> BTreeSet<String> {
        running(&self.machine)
    }
}

impl Told {
    fn by(output: &Output) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { exit: output.status.code(), text: text(&output.stdout) + &text(&output.stderr) }
    }
}

/// The config of a host with one target, `drakrun`.
pub fn config(machine: &SystemdHost, size: usize, backend: &str) -> String {
    format!(
        r#"
        [target.drakrun]
        interval = "1s"
        min = 0
        max = 20
        policy = {{ component = "builtin:fixed-count", config = {{ count = {size} }} }}

        [target.drakrun.backend.systemd]
        template = "drakrun@.service"
        bus = "{}"
        {backend}
        "#,
        machine.bus_address()
    )
}

/// A machine on which these instances run and are enabled.
pub fn sized(instances: &[&str]) -> SystemdHost {
    let machine = SystemdHost::start();
    if !instances.is_empty() {
        let units: Vec<String> = instances.iter().map(|instance| unit(instance)).collect();
        let words: Vec<&str> = ["enable", "--now"].into_iter().chain(units.iter().map(String::as_str)).collect();
        machine.systemctl(&words).told();
    }
    machine
}

/// Has all instances of a template get this in their section `[Service]`.
pub fn drop_in(machine: &SystemdHost, unit: &str, text: &str) {
    machine.add_unit(&format!("{unit}.d/test.conf"), &format!("[Service]\n{text}\n"));
}

/// Which are enabled, by the links.
pub fn enabled(machine: &SystemdHost) -> BTreeSet<String> {
    machine.enabled("drakrun@*.service").iter().filter_map(|unit| number(unit)).collect()
}

/// Which run, by systemd.
pub fn running(machine: &SystemdHost) -> BTreeSet<String> {
    let listed = machine.systemctl(&["list-units", "--plain", "--no-legend", "--state=running", "drakrun@*"]).told();
    listed.lines().filter_map(|line| number(line.split_whitespace().next()?)).collect()
}

/// `drakrun@3.service`.
pub fn unit(instance: &str) -> String {
    format!("drakrun@{instance}.service")
}

/// `3` of `drakrun@3.service`.
pub fn number(unit: &str) -> Option<String> {
    let number = unit.strip_prefix("drakrun@")?.strip_suffix(".service")?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.to_owned())
}

/// These instances.
pub fn set(instances: &[&str]) -> BTreeSet<String> {
    instances.iter().map(|&instance| instance.to_owned()).collect()
}

/// What `trimtab events` tells of the target.
pub fn events(trimtab: &TrimtabHost) -> String {
    trimtab.told(&["events", "drakrun"])
}

fn replica(trimtab: &TrimtabHost, instance: &str) -> Option<Value> {
    let view = trimtab.target("drakrun")?;
    let id = format!("drakrun@{instance}");
    view["observation"]["replicas"].as_array()?.iter().find(|replica| replica["id"] == id.as_str()).cloned()
}

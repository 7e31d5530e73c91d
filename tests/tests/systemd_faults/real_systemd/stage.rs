//! One Trimtab, two hosts of systemd, and a target on none of them. The first host is the one that fails.

use std::collections::BTreeMap;

use serde_json::Value;
use trimtab_tests::lab::systemd::Jobs;
use trimtab_tests::lab::{SystemdHost, TrimtabHost};

/// The target on the host that fails.
pub const TARGET: &str = "drakrun";
/// As many are wanted at first.
pub const SIZE: usize = 2;

/// All of it.
pub struct Stage {
    pub trimtab: TrimtabHost,
    pub host: SystemdHost,
    _elsewhere: SystemdHost,
}

impl Stage {
    /// With this `boot`, when all targets have their size and nothing is left to do.
    pub fn new(boot: &str) -> Self {
        let mut stage = Self::on(SystemdHost::start(), boot);
        stage.trimtab.until("all have their size", |trimtab| {
            [TARGET, "elsewhere", "here"].iter().all(|name| is_steady(trimtab, name)).then_some(())
        });
        let names = ["drakrun-1", "drakrun-2"];
        stage
            .host
            .until("both work", |host| names.iter().all(|name| life_of(&host.jobs(), name) == "up").then_some(()));
        if boot == "enable" {
            stage.host.until("both are enabled", |host| (host.enabled("drakrun@*.service").len() == 2).then_some(()));
        }
        stage
    }

    /// The same on a host of one's own. Returns when the other targets have their size.
    pub fn on(host: SystemdHost, boot: &str) -> Self {
        let elsewhere = SystemdHost::start();
        let trimtab = TrimtabHost::serving(&config(&host, &elsewhere, boot));
        let mut stage = Self { trimtab, host, _elsewhere: elsewhere };
        stage.trimtab.until("the others have their size", |trimtab| {
            super::others::NAMES.iter().all(|name| is_steady(trimtab, name)).then_some(())
        });
        stage
    }

    /// Orders a size, and does not wait for it.
    pub fn order(&self, size: usize) {
        self.trimtab.told(&["scale", TARGET, &size.to_string(), "--no-wait"]);
    }

    /// What the API says of the target.
    pub fn view(&self) -> Value {
        self.trimtab.target(TARGET).unwrap()
    }

    /// Waits until the target is blind for a reason with these words in it; the reason.
    pub fn until_lost(&mut self, words: &[&str]) -> String {
        self.trimtab.until(&format!("the backend is lost: {words:?}"), |trimtab| {
            let view = trimtab.target(TARGET)?;
            let why = view["trouble"].as_str().filter(|_| view["condition"] == "backend-lost")?;
            words.iter().all(|word| why.contains(word)).then(|| why.to_owned())
        })
    }

    /// Waits until the target has this size, all of it works, and nothing is under way.
    pub fn until_sized(&mut self, size: usize) {
        self.trimtab.until(&format!("{size} work again"), |trimtab| {
            let view = trimtab.target(TARGET)?;
            let is_so = view["ready"] == size && view["current"] == size && view["draining"] == 0;
            (is_so && view["condition"] == "fixed" && view["pending"] == 0).then_some(())
        });
    }

    /// What each worker went through: `up ended up`. From files, so also while its host is down or hangs.
    pub fn lives(&self) -> BTreeMap<String, String> {
        lives_of_all(&self.host.jobs())
    }

    /// What the backend told of it.
    pub fn news(&self) -> Vec<String> {
        let view = self.view();
        let told = view["news"].as_array().unwrap().iter();
        told.map(|news| format!("{}: {}", news["kind"].as_str().unwrap(), news["message"].as_str().unwrap())).collect()
    }
}

/// Lives of the workers 1, 2 ...
pub fn lives(each: &[&str]) -> BTreeMap<String, String> {
    (1..).zip(each).map(|(number, life): (u32, _)| (format!("drakrun-{number}"), (*life).to_owned())).collect()
}

/// What became of each worker that ever was.
pub fn lives_of_all(jobs: &Jobs) -> BTreeMap<String, String> {
    let names = (1..=5).map(|number| format!("drakrun-{number}"));
    let lives = names.map(|name| (life_of(jobs, &name), name));
    lives.filter(|(life, _)| !life.is_empty()).map(|(life, name)| (name, life)).collect()
}

fn life_of(jobs: &Jobs, worker: &str) -> String {
    let log = jobs.log(worker);
    let events = log.lines().filter_map(|line| line.split_once(' ').map(|(_, event)| event));
    events.filter(|event| ["up", "ended"].contains(event)).collect::<Vec<_>>().join(" ")
}

fn is_steady(trimtab: &TrimtabHost, name: &str) -> bool {
    trimtab.target(name).is_some_and(|view| {
        view["condition"] == "steady" && view["ready"] == SIZE && view["current"] == SIZE && view["pending"] == 0
    })
}

fn config(host: &SystemdHost, elsewhere: &SystemdHost, boot: &str) -> String {
    let (drakrun, elsewhere) = (systemd(TARGET, host, boot), systemd("elsewhere", elsewhere, "host"));
    let here = target("here") + "backend.process.command = [\"sleep\", \"1000000\"]\n";
    format!("{drakrun}{elsewhere}{here}")
}

/// A target on a host of systemd. systemd may take a second for an answer, as long as two ticks.
pub fn systemd(name: &str, host: &SystemdHost, boot: &str) -> String {
    let bus = host.bus_address();
    target(name)
        + &format!(
            "[target.{name}.backend.systemd]\n\
             template = \"drakrun@.service\"\nbus = \"{bus}\"\nboot = \"{boot}\"\ntimeout = \"1s\"\n"
        )
}

/// A target, up to its backend.
pub fn target(name: &str) -> String {
    format!(
        "[target.{name}]\ninterval = \"500ms\"\nmin = 0\nmax = 5\n\
         policy = {{ component = \"builtin:fixed-count\", config = {{ count = {SIZE} }} }}\n"
    )
}

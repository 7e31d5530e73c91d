//! Plays a script: the real host in this process, its clock moved from one moment to the next.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::vec::IntoIter;

use tempfile::TempDir;
use tokio::runtime::Builder;
use trimtab::api::protocol::Request;
use trimtab::config::tables::BackendTable;
use trimtab::config::{self, Config};
use trimtab_tests::lab::{JsonServer, Reply};

use crate::fleet::Fleet;
use crate::life::{Life, look_until};
use crate::schedule::{Due, Schedule, delay};
use crate::script::{End, Script, Source, SourceFault, Step};
use crate::transcript::Transcript;

/// A scenario as it is played.
pub struct Play {
    home: TempDir,
    lab: JsonServer,
    table: toml::Table,
    fleets: BTreeMap<String, Fleet>,
    /// Where the exporter keeps silent.
    hung: Vec<String>,
    steps: Peekable<IntoIter<Step>>,
    last: Duration,
    transcript: Transcript,
}

/// Why a life ends.
enum Ended {
    Restart(Duration),
    Over,
}

impl Play {
    /// Sets the stage.
    pub fn of(script: Script, policies: &[(&str, Vec<u8>)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        for (name, component) in policies {
            std::fs::write(home.path().join(name), component).unwrap();
        }
        let lab = JsonServer::start();
        let user = user();
        let replaced = vec![
            (lab.url(), "LAB"),
            (home.path().display().to_string(), "HOME"),
            (format!("by {user} ("), "by OPERATOR ("),
            (format!("{user} fixed"), "OPERATOR fixed"),
        ];
        Self {
            transcript: Transcript::about(&script.about, replaced),
            table: script.config,
            fleets: BTreeMap::new(),
            hung: Vec::new(),
            steps: script.step.into_iter().peekable(),
            // The ticks of that second are in it, which come a few milliseconds apart.
            last: Duration::from_secs(script.seconds.into()) + Duration::from_millis(500),
            home,
            lab,
        }
    }

    /// Plays it to its end. Each life of the host has a runtime of its own: dropped, all tasks are gone.
    pub fn perform(&mut self) {
        let mut began = Duration::ZERO;
        loop {
            let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            match runtime.block_on(self.live(began)) {
                Ended::Restart(time) => began = time,
                Ended::Over => return,
            }
        }
    }

    /// What was written.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The journal of all lives.
    pub fn journal(&self) -> PathBuf {
        self.home.path().join("state/journal.sqlite")
    }

    async fn live(&mut self, began: Duration) -> Ended {
        let mut config = self.config();
        // What the very first tick sees is there before it.
        while let Some(step) = self.steps.next_if(|step| step.time() <= began && step.is_quiet()) {
            self.set(began, &step);
        }
        let mut life = Life::begin(&config, &self.fleets, began).await;
        let mut schedule = Schedule::new(&config, began);
        loop {
            let due = schedule.next();
            if let Some(step) = self.steps.next_if(|step| step.time() <= due.time()) {
                let time = step.time();
                life.advance_to(time).await;
                self.set(time, &step);
                if let Some(order) = &step.order {
                    self.order(&life, &mut schedule, time, order).await;
                }
                if let Some(change) = &step.reload {
                    merge(&mut self.table, change);
                    config = self.config();
                    self.transcript
                        .note(time, &format!("reload with {}", change.to_string().trim().replace('\n', ", ")));
                    let started = life.reload(&config).await;
                    schedule.reloaded(&config, &started, time);
                }
                match step.restart {
                    Some(End::Killed) => return self.restart(time, "the host is killed"),
                    Some(End::Stopped) => {
                        life.stop().await;
                        return self.restart(time, "the host is stopped");
                    }
                    None => {}
                }
            } else if due.time() > self.last {
                return Ended::Over;
            } else {
                let asked = self.lab.requests().len();
                life.advance_to(due.time()).await;
                self.happens(&life, &config, &mut schedule, &due, asked).await;
            }
        }
    }

    fn restart(&mut self, time: Duration, how: &str) -> Ended {
        self.transcript.note(time, &format!("{how}, and started again"));
        Ended::Restart(time)
    }

    async fn happens(&mut self, life: &Life, config: &Config, schedule: &mut Schedule, due: &Due, asked: usize) {
        match due {
            Due::Tick { target, time } => {
                let delay = delay(config, &config.targets[target], &self.hung);
                schedule.begins(target, *time, *time + delay);
                if !delay.is_zero() {
                    self.until_asked(asked).await;
                }
            }
            Due::End { target, began, time } => {
                let view = life.tick_of(target, *began).await;
                self.transcript.tick(*time, target, &view);
                schedule.over(due);
            }
        }
    }

    /// Waits until somebody has asked the exporter since it was asked so often: before that, no time may pass.
    async fn until_asked(&self, asked: usize) {
        look_until("the exporter is asked", || (self.lab.requests().len() > asked).then_some(())).await;
    }

    async fn order(&mut self, life: &Life, schedule: &mut Schedule, time: Duration, order: &Request) {
        let said = serde_json::to_string(order).unwrap();
        match life.say(order).await {
            Ok(()) => {
                self.transcript.note(time, &format!("an operator says {said}"));
                schedule.nudged(target_of(order), time);
            }
            Err(why) => self.transcript.note(time, &format!("an operator says {said}: refused: {why}")),
        }
    }

    /// The world around the host becomes different.
    fn set(&mut self, time: Duration, step: &Step) {
        for (path, source) in &step.source {
            self.hung.retain(|hung| hung != path);
            let (said, reply) = match source {
                Source::Shows(number) => (format!("= {number}"), Reply::json(&format!("{{\"value\": {number}}}"))),
                Source::Fault(SourceFault::Dead) => ("is dead".to_owned(), Reply::close()),
                Source::Fault(SourceFault::Hung) => ("hangs".to_owned(), Reply::hang()),
                Source::Lies { says } => (format!("says {says}"), Reply::json(says)),
            };
            if matches!(source, Source::Fault(SourceFault::Hung)) {
                self.hung.push(path.clone());
            }
            self.lab.reply(&format!("/{path}"), reply);
            self.transcript.note(time, &format!("{path} {said}"));
        }
        for (target, fault) in &step.backend {
            self.fleets[target].set(*fault);
            self.transcript.note(time, &format!("the backend of {target} is {fault:?}").to_lowercase());
        }
        for (target, count) in &step.crash {
            self.fleets[target].crash(*count);
            self.transcript.note(time, &format!("{count} of {target} end by themselves"));
        }
    }

    /// The config as it is now; every target in it has a fleet.
    fn config(&mut self) -> Config {
        let home = self.home.path().display().to_string();
        let body = self.table.to_string().replace("@LAB@", &self.lab.url()).replace("@HOME@", &home);
        let text = format!("host.http = \"off\"\nhost.evaluators = 1\n{body}");
        let loaded = config::read(&self.home.path().join("trimtab.toml"), &text);
        let config = loaded.config.unwrap_or_else(|| panic!("{:#?}\n{text}", loaded.problems));
        for (name, target) in &config.targets {
            let BackendTable::Memory(memory) = &target.backend else { panic!("`{name}` needs `backend.memory`") };
            self.fleets.entry(name.clone()).or_insert_with(|| Fleet::of(memory.replicas));
        }
        config
    }
}

/// Whom the host will take us for.
fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn target_of(order: &Request) -> &str {
    match order {
        Request::Pause { target, .. }
        | Request::Resume { target }
        | Request::Scale { target, .. }
        | Request::Release { target } => target,
        other => panic!("{other:?} is no order"),
    }
}

/// Tables are merged, everything else is replaced.
fn merge(table: &mut toml::Table, change: &toml::Table) {
    for (key, value) in change {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            _ => drop(table.insert(key.clone(), value.clone())),
        }
    }
}

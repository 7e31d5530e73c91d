//! One node: a private machine with an engine (`tests/lab/docker-host`), and the switch between several of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::NodePlan;
use crate::lab::machine::{Machine, done};

/// No command takes longer, whatever hangs.
const MOST_SECS: &str = "60";

/// What the caller's own environment would have the docker cli do.
const DOCKER_VARIABLES: [&str; 4] = ["DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"];

/// A node. Its engine's data are kept while its machine is down.
pub struct Node {
    machine: Machine,
}

impl Node {
    /// One that is not started yet.
    pub fn new(number: usize, plan: &NodePlan, switch: Option<&Switch>) -> Self {
        let machine = Machine::new();
        write(machine.folder(), "seed/etc/docker/daemon.json", &plan.daemon_json());
        write(machine.folder(), "seed/etc/hostname", &hostname(number));
        if let Some(switch) = switch {
            write(machine.folder(), "cable", &format!("{}|{}", switch.0.folder().display(), port(number)));
        }
        Self { machine }
    }

    pub fn start(&self) {
        done(self.machine.script("docker-host", "start").output());
    }

    /// What the engine itself is told: start, kill, pause or resume.
    pub fn engine(&self, what: &str) {
        done(self.machine.script("docker-host", "engine").arg(what).output());
    }

    pub fn power_cut(&self) {
        self.machine.signal("KILL");
    }

    pub fn let_go(&mut self) {
        self.machine.let_go();
    }

    pub fn socket(&self) -> PathBuf {
        self.machine.share().join("docker.sock")
    }

    pub fn folder(&self) -> &Path {
        self.machine.folder()
    }

    /// A command line to be completed with what is to be run inside.
    pub fn enter(&self) -> Command {
        let mut command = self.machine.enter();
        command.args(["timeout", MOST_SECS]);
        command
    }

    /// A command line of the docker cli, to be completed.
    pub fn docker(&self) -> Command {
        let mut command = Command::new("timeout");
        command.args([MOST_SECS, "docker", "--host"]).arg(format!("unix://{}", self.socket().display()));
        for variable in DOCKER_VARIABLES {
            command.env_remove(variable);
        }
        command.env("DOCKER_CONFIG", self.machine.share().join("cli"));
        command
    }

    /// The end of what the engine wrote.
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.machine.share().join("engine.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// The network between nodes. The real machine has no part in it.
pub struct Switch(Machine);

impl Switch {
    pub fn start() -> Self {
        let machine = Machine::new();
        done(machine.script("switch", "start").output());
        Self(machine)
    }

    pub fn let_go(&mut self) {
        self.0.let_go();
    }

    /// Pulls the cable of a node, or plugs it in again: cut or heal.
    pub fn cable(&self, what: &str, number: usize) {
        done(self.0.script("switch", what).arg(port(number)).output());
    }
}

/// A node's own name, by which Docker shows it.
pub fn hostname(number: usize) -> String {
    format!("node-{number}")
}

/// A node's address on its switch.
pub fn address(number: usize) -> String {
    format!("192.0.2.{}", port(number))
}

/// There is no port 0.
fn port(number: usize) -> String {
    (number + 1).to_string()
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    let parent = path.parent().unwrap_or(folder);
    let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, format!("{text}\n")));
    written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

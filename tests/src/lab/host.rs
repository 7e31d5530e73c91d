//! A real `trimtab serve` in a folder of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::program;
use super::workers::Workers;

/// How long anything may take until a test gives up on it.
pub const SOON: Duration = Duration::from_secs(30);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// A host with its config, its state and its log. Dropped, it ends, and so do the workers that it left.
pub struct TrimtabHost {
    home: TempDir,
    program: PathBuf,
    child: Option<Child>,
}

impl TrimtabHost {
    /// Writes the config, and starts nothing yet. It must not have a `[host]`: the API is on a port of its own.
    ///
    /// # Panics
    ///
    /// If there is no place for it, or no program.
    pub fn new(config: &str) -> Self {
        let home = tempfile::tempdir().unwrap_or_else(|error| panic!("the lab needs a folder for itself: {error}"));
        let host = Self { home, program: program::trimtab(), child: None };
        host.rewrite(config);
        host
    }

    /// The same, and starts it.
    pub fn serving(config: &str) -> Self {
        let mut host = Self::new(config);
        host.start();
        host
    }

    /// Its folder: the config is in it, and the state.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Its config.
    pub fn config(&self) -> PathBuf {
        self.home().join("trimtab.toml")
    }

    /// Its journal.
    pub fn journal(&self) -> PathBuf {
        self.home().join("state/journal.sqlite")
    }

    /// Writes another config. A host that runs sees it at the next [`TrimtabHost::hang_up`].
    ///
    /// # Panics
    ///
    /// If it can't be written.
    pub fn rewrite(&self, config: &str) {
        let text = format!("host.http = \"127.0.0.1:0\"\n{config}");
        fs::write(self.config(), text).unwrap_or_else(|error| panic!("no config: {error}"));
    }

    /// Starts it and waits until it serves.
    pub fn start(&mut self) {
        self.launch(&[]);
        self.until("it serves", |host| host.address());
    }

    /// Starts it with more in its environment, and waits for nothing: it may be told to die at once.
    ///
    /// # Panics
    ///
    /// If it can't be started, or runs already.
    pub fn launch(&mut self, environment: &[(&str, &str)]) {
        assert!(self.child.is_none(), "it runs already");
        let log = File::create(self.log_path()).unwrap_or_else(|error| panic!("no log: {error}"));
        let mut command = Command::new(&self.program);
        command.args(["serve", "--config"]).arg(self.config()).current_dir(self.home());
        command.envs(environment.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let spawned = command.spawn();
        self.child = Some(spawned.unwrap_or_else(|error| panic!("{}: {error}", self.program.display())));
    }

    /// Its process id; none if it was not started.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Whether it still runs; collects it if it has ended.
    pub fn runs(&mut self) -> bool {
        let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
        if ended {
            self.child = None;
        }
        !ended
    }

    /// Kills it as `kill -9` does. Its workers go on.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks it to stop, and waits until it has. Its workers go on.
    ///
    /// # Panics
    ///
    /// If it does not run, or does not stop.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.until("it stops", |host| host.child.as_mut().and_then(|child| child.try_wait().ok().flatten()));
        let ended = self.child.take().map(|mut child| child.wait());
        ended.and_then(Result::ok).unwrap_or_else(|| panic!("it was not there"))
    }

    /// Has it read its config again.
    pub fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// Stops it in the middle of whatever it does, as `kill -STOP` does.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.as_ref().and_then(|child| Pid::from_raw(i32::try_from(child.id()).ok()?));
        let sent = pid.map(|pid| kill_process(pid, signal));
        assert!(matches!(sent, Some(Ok(()))), "no signal to the host: {sent:?}\n{}", self.log());
    }

    /// `127.0.0.1:PORT` of its API, as it says in its log; none before that.
    pub fn address(&self) -> Option<String> {
        let log = self.log();
        let (_, after) = log.split_once("metrics at http://")?;
        after.split_once("/metrics").map(|(address, _)| address.to_owned())
    }

    /// What it wrote since it was started last.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.home().join("log")
    }

    /// Runs a verb with its config.
    ///
    /// # Panics
    ///
    /// If the program can't be run.
    pub fn verb(&self, words: &[&str]) -> Output {
        let mut command = Command::new(&self.program);
        command.args(words).arg("--config").arg(self.config()).stdin(Stdio::null());
        command.output().unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// Runs a verb that has to succeed: what it printed.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn told(&self, words: &[&str]) -> String {
        let output = self.verb(words);
        let (told, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{words:?}: {told}{complaint}\n{}", self.log());
        told.into_owned()
    }

    /// What the API says of a target; none before its first tick.
    pub fn target(&self, name: &str) -> Option<Value> {
        let (status, body) = super::http::get(&format!("http://{}/api/v1/targets/{name}", self.address()?)).ok()?;
        (status == 200).then(|| serde_json::from_str(&body).ok())?
    }

    /// Its workers, from /proc.
    pub fn workers(&self) -> Workers {
        Workers::below(self.home())
    }

    /// Looks again and again until there is something to see.
    ///
    /// # Panics
    ///
    /// With `what` and the log, if that takes too long.
    pub fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = Instant::now() + SOON;
        loop {
            if let Some(seen) = look(self) {
                return seen;
            }
            assert!(Instant::now() < deadline, "waited {SOON:?}, and not yet: {what}\n{}", self.log());
            thread::sleep(LOOK);
        }
    }
}

impl Drop for TrimtabHost {
    fn drop(&mut self) {
        self.kill();
        self.workers().end();
    }
}

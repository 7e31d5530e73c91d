//! One process of the lab: started in a private folder, ready when it answers, gone when dropped.

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a service may take until it answers.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// How often a port that somebody else took in the meantime is exchanged for another.
const PORTS_TO_TRY: u32 = 5;

/// What makes the command line of a service, from its folder and its port.
type CommandLine = Box<dyn Fn(&Path, u16) -> Command + Send + Sync>;

/// Whether the process with this id answers on this port.
type Answers = Box<dyn Fn(u32, u16) -> bool + Send + Sync>;

/// A running service.
pub struct Service {
    home: TempDir,
    port: u16,
    child: Child,
    command: CommandLine,
    answers: Answers,
}

impl Service {
    /// Starts a service on a free port and waits until it answers.
    ///
    /// `answers` must make sure that it is this very process that does, by its id or by its folder: the
    /// port may have been taken by another between being found free and being used.
    ///
    /// # Panics
    ///
    /// With what is missing or what the service wrote, if it does not come up.
    pub fn start(
        command: impl Fn(&Path, u16) -> Command + Send + Sync + 'static,
        answers: impl Fn(u32, u16) -> bool + Send + Sync + 'static,
    ) -> Self {
        let home = tempfile::tempdir().unwrap_or_else(|error| panic!("the lab needs a folder for itself: {error}"));
        let (command, answers): (CommandLine, Answers) = (Box::new(command), Box::new(answers));
        let mut last_words = String::new();
        for _ in 0..PORTS_TO_TRY {
            let port = free_port();
            match bring_up(&command, &answers, home.path(), port) {
                Ok(child) => return Self { home, port, child, command, answers },
                Err(words) => last_words = words,
            }
        }
        panic!("{last_words}");
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Stops it in its tracks: it keeps its connections and answers nothing. Returns when all its threads
    /// stand still.
    ///
    /// # Panics
    ///
    /// If they do not.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
        let deadline = Instant::now() + READY_WITHIN;
        while !stands_still(self.pid()) {
            assert!(Instant::now() < deadline, "process {} does not stop", self.pid());
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets it go on after [`Service::pause`].
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Ends it without a warning. Its folder stays.
    pub fn kill(&mut self) {
        end(&mut self.child);
    }

    /// Starts it again on the same port and in the same folder, after [`Service::kill`].
    ///
    /// # Panics
    ///
    /// If it does not come up.
    pub fn restart(&mut self) {
        self.kill();
        self.child = bring_up(&self.command, &self.answers, self.home.path(), self.port)
            .unwrap_or_else(|last_words| panic!("{last_words}"));
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.pid()).ok().and_then(Pid::from_raw) {
            kill_process(pid, signal).unwrap_or_else(|error| panic!("no signal to {}: {error}", self.pid()));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Kills our own child and waits for it, so that its id can't have become another's. A stopped one dies too.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn bring_up(command: &CommandLine, answers: &Answers, home: &Path, port: u16) -> Result<Child, String> {
    let mut command = command(home, port);
    let program = command.get_program().to_string_lossy().into_owned();
    let log_path = home.join("log");
    let log = || File::options().create(true).append(true).open(&log_path);
    let (out, err) = (log(), log());
    let (Ok(out), Ok(err)) = (out, err) else { return Err(format!("no log at {}", log_path.display())) };
    let spawned = command.current_dir(home).stdin(Stdio::null()).stdout(out).stderr(err).spawn();
    let mut child = spawned.map_err(|error| cannot_start(&program, &error))?;
    let deadline = Instant::now() + READY_WITHIN;
    while Instant::now() < deadline {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("{program} ended ({status}): {}", tail(&log_path)));
        }
        if answers(child.id(), port) {
            return Ok(child);
        }
        thread::sleep(Duration::from_millis(10));
    }
    end(&mut child);
    Err(format!("{program} did not answer within {READY_WITHIN:?}: {}", tail(&log_path)))
}

/// Whether every thread of the process is stopped.
fn stands_still(pid: u32) -> bool {
    let state = |task: &Path| {
        let stat = fs::read_to_string(task.join("stat")).unwrap_or_default();
        stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with('T'))
    };
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    tasks.is_ok_and(|tasks| tasks.flatten().all(|task| state(&task.path())))
}

fn cannot_start(program: &str, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        format!("{program} is not installed; tests/run installs what the tests need")
    } else {
        format!("{program} can't be started: {error}")
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

/// A port that nobody listens on at this moment.
///
/// # Panics
///
/// If there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.unwrap_or_else(|error| panic!("no free port on 127.0.0.1: {error}")).port()
}

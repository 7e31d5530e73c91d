//! systemctl, which does what was asked.

use std::ffi::OsStr;
use std::io::{ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::answer::Outcome;
use crate::request::Request;

/// Where it may be. `PATH` is not asked.
const PLACES: [&str; 3] = ["/usr/bin/systemctl", "/bin/systemctl", "/run/current-system/sw/bin/systemctl"];
/// Of what it complains, this much is heard.
const HEARD_BYTES: usize = 8 * 1024;
/// Of an error, this much is told.
const LONGEST_ERROR: usize = 500;
/// How it begins to tell of each link that it made or removed.
const LINKS: [&str; 2] = ["Created symlink ", "Removed "];
/// systemctl's own patience with the bus, and the words in which it speaks. It shall ask systemd and never write links
/// by itself, which it does where it takes its surroundings for a chroot.
const ENVIRONMENT: [(&str, &str); 4] =
    [("LC_ALL", "C"), ("SYSTEMD_COLORS", "0"), ("SYSTEMD_OFFLINE", "0"), ("SYSTEMD_BUS_TIMEOUT", "20s")];

/// Why systemctl did not do it.
enum Trouble {
    /// It said so.
    Failed(String),
    /// It was not done in time: asking again makes no sense.
    TimedOut,
}

/// systemctl.
pub struct Systemctl {
    program: PathBuf,
    /// Given before the verb.
    options: Vec<String>,
}

impl Systemctl {
    /// The system's own, if there is one.
    pub fn find() -> Option<Self> {
        let program = PLACES.iter().map(Path::new).find(|place| place.is_file())?.to_owned();
        Some(Self { program, options: vec!["--no-ask-password".to_owned()] })
    }

    /// All units at once; if that fails, one by one, so that a bad one does not hinder the others.
    pub fn carry_out(&self, request: &Request, deadline: Instant) -> Vec<Outcome> {
        let (verb, units) = (request.verb(), request.units());
        match self.run(&[verb], units, deadline) {
            Ok(()) => units.iter().map(|unit| Outcome::done(unit)).collect(),
            Err(Trouble::TimedOut) => units.iter().map(|unit| Outcome::failed(unit, OUT_OF_TIME)).collect(),
            Err(Trouble::Failed(error)) if units.len() == 1 => vec![Outcome::failed(&units[0], &error)],
            Err(Trouble::Failed(_)) => self.one_by_one(verb, units, deadline),
        }
    }

    /// systemd reads its units again once, at the end. If it doesn't, the links are there nevertheless.
    fn one_by_one(&self, verb: &str, units: &[String], deadline: Instant) -> Vec<Outcome> {
        let outcome = |unit: &String| match self.run(&["--no-reload", verb], std::slice::from_ref(unit), deadline) {
            Ok(()) => Outcome::done(unit),
            Err(Trouble::Failed(error)) => Outcome::failed(unit, &error),
            Err(Trouble::TimedOut) => Outcome::failed(unit, OUT_OF_TIME),
        };
        let outcomes = units.iter().map(outcome).collect();
        let _ = self.run(&["daemon-reload"], &[], deadline);
        outcomes
    }

    /// What it says besides the links is in the journal in any case: it warns, for example, of a unit without `[Install]`.
    fn run(&self, words: &[&str], units: &[String], deadline: Instant) -> Result<(), Trouble> {
        if Instant::now() >= deadline {
            return Err(Trouble::TimedOut);
        }
        let (ours, its) = UnixStream::pair().map_err(|error| failed(&error))?;
        let mut child = self.command(words, units, its).spawn().map_err(|error| failed(&error))?;
        let said = listen(ours, &mut child, deadline)?;
        let status = child.wait().map_err(|error| failed(&error))?;
        let remarks: Vec<_> = said.lines().filter(|line| !LINKS.iter().any(|words| line.starts_with(words))).collect();
        for remark in &remarks {
            eprintln!("systemctl {}: {remark}", words.join(" "));
        }
        match (status.success(), remarks.last()) {
            (true, _) => Ok(()),
            (false, Some(line)) => Err(Trouble::Failed(line.chars().take(LONGEST_ERROR).collect())),
            (false, None) => Err(Trouble::Failed(format!("systemctl {}: {status}", words.join(" ")))),
        }
    }

    /// The command is gone after its start, and with it our copy of the socket's other end.
    fn command(&self, words: &[&str], units: &[String], complaints: UnixStream) -> Command {
        let end_of_options = if units.is_empty() { None } else { Some("--") };
        let arguments = self.options.iter().map(String::as_str).chain(words.iter().copied()).chain(end_of_options);
        let mut command = Command::new(&self.program);
        command.args(arguments.chain(units.iter().map(String::as_str)).map(OsStr::new));
        command.env_clear().envs(ENVIRONMENT).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(OwnedFd::from(complaints));
        command
    }
}

const OUT_OF_TIME: &str = "systemd did not answer in time; it may still be done";

fn failed(error: &std::io::Error) -> Trouble {
    Trouble::Failed(format!("systemctl can't be run: {error}"))
}

/// What it says until it ends. It is ended when there is no time left.
fn listen(mut from: UnixStream, child: &mut Child, deadline: Instant) -> Result<String, Trouble> {
    let mut said = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Trouble::TimedOut);
        }
        match from.set_read_timeout(Some(left)).and_then(|()| from.read(&mut piece)) {
            Ok(0) => return Ok(String::from_utf8_lossy(&said).into_owned()),
            Ok(count) => {
                said.extend_from_slice(&piece[..count]);
                let surplus = said.len().saturating_sub(HEARD_BYTES);
                said.drain(..surplus);
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => (),
            Err(error) => return Err(failed(&error)),
        }
    }
}

#[cfg(test)]
#[path = "systemctl_tests.rs"]
mod tests;

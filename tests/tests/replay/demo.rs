//! A demo that has played, and is kept.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use trimtab_tests::lab::{Workers, program};

pub struct Demo {
    home: TempDir,
    child: Child,
}

impl Demo {
    /// Plays for so many seconds; what it wrote stays until this is dropped.
    pub fn watch(seconds: u32) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(program::trimtab());
        command.args(["demo", "--plain", "--keep", "--seconds", &seconds.to_string()]);
        let mut child = command.env("TMPDIR", home.path()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let demo = Self { home, child };
        // With --keep it says where everything is, and then goes on without a word.
        let mut said = Vec::new();
        for line in lines.map(Result::unwrap) {
            let is_last = line.contains("Ctrl-C");
            said.push(line);
            if is_last {
                return demo;
            }
        }
        panic!("the demo ended by itself:\n{}", said.join("\n"));
    }

    /// The journal of its host.
    pub fn journal(&self) -> PathBuf {
        let folder = fs::read_dir(self.home.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut journals = folder.map(|folder| folder.join("state/journal.sqlite")).filter(|journal| journal.is_file());
        journals.next().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let _ = pid.map(|pid| kill_process(pid, Signal::INT));
        let _ = self.child.wait();
        Workers::below(self.home.path()).end();
    }
}

//! A program that was run to its end.

use std::process::Output;

/// How a program that was run to its end ended, and what it wrote.
#[derive(Clone, Debug)]
pub struct Ran {
    command: String,
    /// The exit code; 124 of one that took longer than a minute; none of one that a signal ended.
    pub status: Option<i32>,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
}

impl Ran {
    pub(super) fn new(command: &[&str], output: &Output) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).trim_end().to_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { command: command.join(" "), status: output.status.code(), stdout, stderr }
    }

    /// Whether it ended with 0.
    pub fn succeeded(&self) -> bool {
        self.status == Some(0)
    }

    /// What it wrote to its standard output; it has to have succeeded.
    ///
    /// # Panics
    ///
    /// If it failed.
    pub fn told(self) -> String {
        assert!(self.succeeded(), "{}: {:?}: {}{}", self.command, self.status, self.stdout, self.stderr);
        self.stdout
    }
}

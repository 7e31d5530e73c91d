//! A program that is run for an instance: in a group of its own, with a small environment and no input.

use std::io;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;

use crate::backend::process::environment;

/// A command that runs, and what is held as long. Dropped before it has ended, its group is killed.
pub struct Running<H> {
    /// The program.
    pub child: Child,
    _held: H,
}

/// Starts a program with its arguments, on a thread that may block: executing can hang as reading a file can.
pub async fn start<H: Send + 'static>(words: Vec<String>, output: Stdio, held: H) -> io::Result<Running<H>> {
    spawn_blocking(move || {
        let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        // What else is in the host's environment may be secret.
        command.args(arguments).env_clear().envs(environment::passed(&[], false));
        command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).process_group(0);
        Ok(Running { child: command.spawn()?, _held: held })
    })
    .await
    .map_err(io::Error::other)?
}

impl<H> Drop for Running<H> {
    fn drop(&mut self) {
        // Until it is waited for, its number and so its group can't be another's.
        let group = self.child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

//! Asks instances by a command.

use std::collections::BTreeSet;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use scaling_core::units::millis;
use thiserror::Error;
use tokio::io::AsyncReadExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::ask::Pattern;
use super::board::Board;
use super::config::CommandJobs;
use crate::backend::probe::{ANSWER_BYTES, jobs_in};
use crate::backend::systemd::command;
use crate::backend::systemd::template::Instance;
use crate::clock::Clock;

/// Commands that run at once.
const AT_ONCE: usize = 4;

/// Why a command gave no number.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CommandFailure {
    /// It can't be executed, or not be followed.
    #[error("{program} can't be run: {reason}")]
    Run {
        /// Its program.
        program: String,
        /// Why, as the system says it.
        reason: io::ErrorKind,
    },
    /// It took too long, and was killed.
    #[error("{program} took longer than {limit_ms} ms")]
    Timeout {
        /// Its program.
        program: String,
        /// How long it was given.
        limit_ms: u64,
    },
    /// It says itself that it failed.
    #[error("{program} ended with {status}")]
    Failed {
        /// Its program.
        program: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// It printed too much or something else.
    #[error("{program} did not print a whole number, nor JSON such as {{\"jobs\": 2}}")]
    Garbled {
        /// Its program.
        program: String,
    },
}

/// Commands that print numbers of jobs.
pub(super) struct Commands {
    run: Vec<Pattern>,
    patience: Duration,
    places: Arc<Semaphore>,
}

impl Commands {
    pub fn new(config: &CommandJobs, patience: Duration) -> Self {
        let run = config.run.iter().map(|word| Pattern::new(word)).collect();
        Self { run, patience, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    pub async fn round(&self, instances: &BTreeSet<Instance>, board: &Board, clock: Clock) {
        let ask = |instance| async move {
            // A program that hangs while it is being executed keeps its place, so these don't pile up.
            let place = self.places.clone().acquire_owned().await;
            let Ok(place) = place else { return };
            let at = clock.now();
            board.note(instance, at, self.ask(instance, place).await.map_err(Into::into));
        };
        instances.iter().map(ask).collect::<FuturesUnordered<_>>().collect::<()>().await;
    }

    async fn ask(&self, instance: &Instance, place: OwnedSemaphorePermit) -> Result<u32, CommandFailure> {
        let words: Vec<String> = self.run.iter().map(|word| word.of(instance)).collect();
        let program = words.first().cloned().unwrap_or_default();
        let (output, status) = match timeout(self.patience, run(words, place)).await {
            Ok(ended) => {
                ended.map_err(|error| CommandFailure::Run { program: program.clone(), reason: error.kind() })?
            }
            Err(_) => return Err(CommandFailure::Timeout { program, limit_ms: millis(self.patience) }),
        };
        match (status, jobs_in(&output)) {
            (None, _) => Err(CommandFailure::Garbled { program }),
            (Some(status), _) if !status.success() => Err(CommandFailure::Failed { program, status }),
            (Some(_), answer) => answer.map_err(|_| CommandFailure::Garbled { program }),
        }
    }
}

/// What a command printed, and how it ended; `None`: it was killed because it printed too much.
async fn run(words: Vec<String>, place: OwnedSemaphorePermit) -> io::Result<(Vec<u8>, Option<ExitStatus>)> {
    let mut running = command::start(words, Stdio::piped(), place).await?;
    let mut output = Vec::new();
    if let Some(stdout) = running.child.stdout.take() {
        stdout.take(ANSWER_BYTES as u64 + 1).read_to_end(&mut output).await?;
    }
    if output.len() > ANSWER_BYTES {
        return Ok((output, None));
    }
    let status = running.child.wait().await?;
    Ok((output, Some(status)))
}

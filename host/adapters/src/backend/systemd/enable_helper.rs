//! Asks `trimtab-boot-helper` to enable and disable instances, which only root may do.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Where the shipped `trimtab-boot.socket` listens.
pub const SOCKET: &str = "/run/trimtab-boot.sock";

/// For one request and its answer. The helper gives up after 25 s.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many of the longest names fit in the 64 KiB of a request.
const UNITS_AT_ONCE: usize = 200;
/// A longer answer is none of the helper's.
const LONGEST_ANSWER_BYTES: u64 = 1 << 20;

/// What became of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitOutcome {
    /// Which.
    pub unit: String,
    /// What systemd said against it; none if it is as was asked.
    pub failure: Option<String>,
}

/// Why the helper did nothing, or it is not known what it did.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HelperError {
    /// There is no socket.
    #[error("the boot helper's socket {socket} is not there: is trimtab-boot.socket enabled and started?", socket = .0.display())]
    NoSocket(PathBuf),
    /// There is a socket, and nobody behind it.
    #[error("nobody listens on the boot helper's socket {socket}: is trimtab-boot.socket started?", socket = .0.display())]
    NobodyListens(PathBuf),
    /// The socket is not for us.
    #[error(
        "the boot helper's socket {socket} may not be used by this user: is it in the group of trimtab-boot.socket (SocketGroup=trimtab)?",
        socket = .0.display()
    )]
    Denied(PathBuf),
    /// The connection broke, or was closed without an answer.
    #[error("the boot helper gave no answer ({0}): journalctl -u 'trimtab-boot@*' says why")]
    NoAnswer(String),
    /// It took too long.
    #[error("the boot helper did not answer within {} s", PATIENCE.as_secs())]
    Timeout,
    /// It will not do that, and has done nothing.
    #[error("the boot helper refused: {0}")]
    Refused(String),
    /// What it answers can't be understood.
    #[error("the boot helper answered what can't be understood: {0}")]
    BadAnswer(String),
}

/// Has these units started at boot. An outcome for each, in their order.
pub async fn enable(socket: &Path, names: &[String]) -> Result<Vec<UnitOutcome>, HelperError> {
    ask(socket, "enable", names).await
}

/// Has these units no longer started at boot. An outcome for each, in their order.
pub async fn disable(socket: &Path, names: &[String]) -> Result<Vec<UnitOutcome>, HelperError> {
    ask(socket, "disable", names).await
}

async fn ask(socket: &Path, verb: &str, names: &[String]) -> Result<Vec<UnitOutcome>, HelperError> {
    let mut outcomes = Vec::with_capacity(names.len());
    for names in names.chunks(UNITS_AT_ONCE) {
        let request = format!("{}\n", json!({ verb: names }));
        let line =
            timeout(PATIENCE, exchange(socket, request.as_bytes())).await.map_err(|_| HelperError::Timeout)??;
        outcomes.extend(understand(&line, names)?);
    }
    Ok(outcomes)
}

async fn exchange(socket: &Path, request: &[u8]) -> Result<Vec<u8>, HelperError> {
    let mut stream = UnixStream::connect(socket).await.map_err(|error| unreachable(socket, &error))?;
    // A helper that refuses may have answered and gone before it has read everything: its answer counts.
    let sent = stream.write_all(request).await;
    let mut answer = Vec::new();
    let read = stream.take(LONGEST_ANSWER_BYTES).read_to_end(&mut answer).await;
    match sent.and(read) {
        _ if answer.ends_with(b"\n") => Ok(answer),
        Err(error) => Err(HelperError::NoAnswer(error.to_string())),
        Ok(0) => Err(HelperError::NoAnswer("it ended".to_owned())),
        Ok(count) => Err(HelperError::BadAnswer(format!("{count} bytes and no end of the line"))),
    }
}

fn unreachable(socket: &Path, error: &std::io::Error) -> HelperError {
    match error.kind() {
        ErrorKind::NotFound => HelperError::NoSocket(socket.to_owned()),
        ErrorKind::ConnectionRefused => HelperError::NobodyListens(socket.to_owned()),
        ErrorKind::PermissionDenied => HelperError::Denied(socket.to_owned()),
        _ => HelperError::NoAnswer(error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Results(Vec<Line>),
    Refused(String),
}

#[derive(Deserialize)]
struct Line {
    unit: String,
    ok: bool,
    error: Option<String>,
}

/// The outcomes, if they are of just the units that were asked for.
fn understand(line: &[u8], asked: &[String]) -> Result<Vec<UnitOutcome>, HelperError> {
    let answer = serde_json::from_slice(line).map_err(|error| HelperError::BadAnswer(error.to_string()))?;
    let lines: Vec<Line> = match answer {
        Answer::Refused(why) => return Err(HelperError::Refused(why)),
        Answer::Results(lines) => lines,
    };
    if !lines.iter().map(|line| &line.unit).eq(asked) {
        return Err(HelperError::BadAnswer("results of other units than were asked for".to_owned()));
    }
    Ok(lines.into_iter().map(UnitOutcome::from).collect())
}

impl From<Line> for UnitOutcome {
    fn from(line: Line) -> Self {
        let failure = if line.ok { None } else { Some(line.error.unwrap_or_else(|| "without a reason".to_owned())) };
        Self { unit: line.unit, failure }
    }
}

#[cfg(test)]
#[path = "enable_helper_tests.rs"]
mod tests;

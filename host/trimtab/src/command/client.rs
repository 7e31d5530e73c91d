//! Talks to the daemon over its socket.

use std::path::PathBuf;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;

use crate::api::protocol::{Refusal, RefusalKind, Reply, Request};
use crate::cli::DaemonArg;
use crate::config;
use crate::config::problem::{Problem, Severity};
use crate::exit::Exit;

/// Asks the daemon and waits for one answer. What went wrong has been printed when this returns an exit code.
pub async fn ask(daemon: &DaemonArg, request: &Request) -> Result<Value, Exit> {
    let mut answers = open(daemon, request).await?;
    match answers.next().await? {
        Some(value) => Ok(value),
        None => Err(complain(Exit::Unavailable, "the daemon closed the connection without an answer")),
    }
}

/// Asks the daemon for answers one after the other.
pub async fn open(daemon: &DaemonArg, request: &Request) -> Result<Answers, Exit> {
    let path = socket(daemon)?;
    let stream = UnixStream::connect(&path).await.map_err(|error| unreachable(&path, &error))?;
    let (input, mut output) = stream.into_split();
    let mut line = serde_json::to_string(request).map_err(|error| complain(Exit::Fault, &error.to_string()))?;
    line.push('\n');
    output.write_all(line.as_bytes()).await.map_err(|error| unreachable(&path, &error))?;
    // Kept open: the daemon may take its closing for our end.
    Ok(Answers { lines: BufReader::new(input).lines(), _output: output })
}

/// Answers still to come.
pub struct Answers {
    lines: Lines<BufReader<OwnedReadHalf>>,
    _output: tokio::net::unix::OwnedWriteHalf,
}

impl Answers {
    /// The next; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Value>, Exit> {
        let line = self.lines.next_line().await.map_err(|error| complain(Exit::Unavailable, &error.to_string()))?;
        let Some(line) = line else { return Ok(None) };
        match serde_json::from_str(&line) {
            Ok(Reply::Ok(value)) => Ok(Some(value)),
            Ok(Reply::Refused(Refusal { kind, message })) => Err(complain(exit_of(kind), &message)),
            Err(error) => Err(complain(Exit::Fault, &format!("can't understand the daemon's answer: {error}"))),
        }
    }
}

fn exit_of(kind: RefusalKind) -> Exit {
    match kind {
        RefusalKind::NoSuchTarget => Exit::NotThere,
        RefusalKind::BadRequest => Exit::Failed,
        RefusalKind::NotAllowed => Exit::NotAllowed,
        RefusalKind::Journal => Exit::Unavailable,
    }
}

fn socket(daemon: &DaemonArg) -> Result<PathBuf, Exit> {
    if let Some(socket) = &daemon.socket {
        return Ok(socket.clone());
    }
    let file = &daemon.config.config;
    let loaded = config::load(file);
    // What is wrong elsewhere in it (a worker's program that is gone) must not keep anybody from asking the daemon.
    let concerns_host = |problem: &&Problem| {
        problem.severity == Severity::Error && (problem.key.is_empty() || problem.key.starts_with("host"))
    };
    let in_the_way = loaded.problems.iter().find(concerns_host);
    match loaded.draft.filter(|_| in_the_way.is_none()) {
        Some(config) => Ok(config.host.socket),
        None if file.exists() => {
            let first = in_the_way.map(ToString::to_string).unwrap_or_default();
            Err(complain(
                Exit::BadConfig,
                &format!("the config does not tell where the socket is ({first}); name it with --socket"),
            ))
        }
        None => {
            let message = format!(
                "there is no config {}; name it with --config, or the daemon's socket with --socket",
                file.display()
            );
            Err(complain(Exit::NotThere, &message))
        }
    }
}

fn unreachable(path: &std::path::Path, error: &std::io::Error) -> Exit {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused => "; does `trimtab serve` run?",
        std::io::ErrorKind::PermissionDenied => "; run this as the user that trimtab runs as, or as root",
        _ => "",
    };
    let exit = if error.kind() == std::io::ErrorKind::PermissionDenied { Exit::NotAllowed } else { Exit::Unavailable };
    complain(exit, &format!("can't reach the daemon at {}: {error}{hint}", path.display()))
}

/// Says what went wrong, and passes the exit code on.
pub fn complain(exit: Exit, message: &str) -> Exit {
    eprintln!("trimtab: {message}");
    exit
}

//! Asks a worker directly: the start of a file or of what an address answers, and the number of jobs in it.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use rustix::fs::OFlags;
use scaling_core::units::millis;
use serde::Deserialize;
use thiserror::Error;
use tokio::time::timeout;

use super::error::OpenError;

/// Longest answer that is read.
pub const ANSWER_BYTES: usize = 4096;

/// Why a worker gave no answer that can be used. Never shows an address, which may hold a password.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NoAnswer {
    /// A file can't be read.
    #[error("{path} can't be read: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why, as the system says it.
        reason: io::ErrorKind,
    },
    /// An address is silent.
    #[error("its address did not answer within {limit_ms} ms")]
    Timeout {
        /// How long it was given.
        limit_ms: u64,
    },
    /// Nobody is at an address, or not to the end of the answer.
    #[error("its address can't be reached")]
    Unreachable,
    /// An address answered something other than success; a redirect is none.
    #[error("its address answered {0}")]
    Status(u16),
    /// The answer is of another form.
    #[error("it did not answer a whole number, nor JSON such as {{\"jobs\": 2}}")]
    Garbled,
}

/// Asks addresses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpProbe {
    client: Client,
    patience: Duration,
}

impl HttpProbe {
    /// One that waits so long for an answer. Workers are asked directly: no proxy, no redirects.
    pub fn new(patience: Duration) -> Result<Self, OpenError> {
        crate::tls::install();
        let builder = Client::builder().no_proxy().redirect(Policy::none()).timeout(patience);
        let client = builder.build().map_err(|error| OpenError::Http(error.to_string()))?;
        Ok(Self { client, patience })
    }

    /// The start of what an address answers, if it is a success.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, NoAnswer> {
        let late = || NoAnswer::Timeout { limit_ms: millis(self.patience) };
        let (status, body) = timeout(self.patience, self.read(url))
            .await
            .map_err(|_| late())?
            .map_err(|error| if error.is_timeout() { late() } else { NoAnswer::Unreachable })?;
        if status.is_success() { Ok(body) } else { Err(NoAnswer::Status(status.as_u16())) }
    }

    async fn read(&self, url: &str) -> reqwest::Result<(StatusCode, Vec<u8>)> {
        let mut response = self.client.get(url).send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES {
                break;
            }
        }
        Ok((response.status(), body))
    }
}

/// The start of a file. Blocks as files do, but not on a pipe that nobody writes to.
pub fn read_start(path: &Path) -> Result<Vec<u8>, NoAnswer> {
    let read = || {
        let file = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)?;
        let mut bytes = Vec::new();
        file.take(ANSWER_BYTES as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: io::Error| NoAnswer::File { path: path.display().to_string(), reason: error.kind() })
}

/// The number of jobs that an answer tells: a plain number, or a JSON object with a number `jobs`.
pub fn jobs_in(answer: &[u8]) -> Result<u32, NoAnswer> {
    #[derive(Deserialize)]
    struct Answer {
        jobs: u32,
    }
    let text = std::str::from_utf8(answer).map_err(|_| NoAnswer::Garbled)?.trim();
    let number = text.parse().ok().or_else(|| serde_json::from_str::<Answer>(text).ok().map(|answer| answer.jobs));
    number.ok_or(NoAnswer::Garbled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_a_number_or_in_an_object() {
        assert_eq!(jobs_in(b"3\n"), Ok(3));
        assert_eq!(jobs_in(br#"{"jobs": 0, "name": "x"}"#), Ok(0));
        for garbled in [&b""[..], b"-1", b"2.5", b"none", b"{}", b"\xff", br#"{"jobs": null}"#] {
            assert_eq!(jobs_in(garbled), Err(NoAnswer::Garbled), "{garbled:?}");
        }
    }

    #[test]
    fn no_file_is_read_without_end() {
        assert_eq!(read_start(Path::new("/dev/zero")).unwrap().len(), ANSWER_BYTES);
        let missing = read_start(Path::new("/no/such/file")).unwrap_err();
        assert_eq!(missing.to_string(), "/no/such/file can't be read: entity not found");
    }

    #[test]
    fn a_pipe_without_a_writer_does_not_block() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert_eq!(read_start(&pipe), Ok(Vec::new()));
    }
}

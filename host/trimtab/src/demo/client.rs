//! Just enough HTTP/1.1 to talk to the demo's queue: a request without a body, a connection for each.

use std::io;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest that a request may take; the queue keeps us waiting for half a second.
const LIMIT: Duration = Duration::from_secs(5);

/// Most of an answer that is read.
const MOST_BYTES: u64 = 1 << 20;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The URL is not one of this client.
    #[error("{0:?} is not the address of a queue; expected one such as \"http://127.0.0.1:8080\"")]
    Url(String),
    /// Nobody answers.
    #[error("{url} can't be reached")]
    Unreachable {
        /// Who.
        url: String,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Someone answers, and it is not HTTP.
    #[error("{url} answered something that is not HTTP: {start:?}")]
    Garbled {
        /// Who.
        url: String,
        /// How it begins.
        start: String,
    },
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200 and so on.
    pub status: u16,
    /// What came with it.
    pub body: String,
}

/// Talks to one server.
#[derive(Clone, Debug)]
pub struct Client {
    url: String,
    authority: String,
}

impl Client {
    /// To the server at `http://HOST:PORT`.
    pub fn to(url: &str) -> Result<Self, ClientError> {
        let url = url.trim_end_matches('/');
        match url.strip_prefix("http://") {
            Some(authority) if authority.contains(':') && !authority.contains('/') => {
                Ok(Self { url: url.to_owned(), authority: authority.to_owned() })
            }
            _ => Err(ClientError::Url(url.to_owned())),
        }
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Result<Reply, ClientError> {
        self.ask("GET", path).await
    }

    /// `POST path`.
    pub async fn post(&self, path: &str) -> Result<Reply, ClientError> {
        self.ask("POST", path).await
    }

    async fn ask(&self, method: &str, path: &str) -> Result<Reply, ClientError> {
        let late = |_| io::Error::from(io::ErrorKind::TimedOut);
        let answer = timeout(LIMIT, self.exchange(method, path)).await.map_err(late).flatten();
        let text = answer.map_err(|error| ClientError::Unreachable { url: self.url.clone(), error })?;
        read(&text)
            .ok_or_else(|| ClientError::Garbled { url: self.url.clone(), start: text.chars().take(40).collect() })
    }

    async fn exchange(&self, method: &str, path: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(&self.authority).await?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            self.authority
        );
        stream.write_all(head.as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.take(MOST_BYTES).read_to_end(&mut bytes).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Answers here have a length and are never chunked, so what follows the head is the body.
fn read(text: &str) -> Option<Reply> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Reply { status, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read() {
        let reply = read("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").unwrap();
        assert_eq!(reply, Reply { status: 200, body: "hi".to_owned() });
        assert_eq!(read("SSH-2.0-OpenSSH"), None);
    }

    #[test]
    fn a_bad_address_says_what_was_expected() {
        for url in ["https://127.0.0.1:1", "127.0.0.1:1", "http://host", "http://h:1/x"] {
            assert!(Client::to(url).unwrap_err().to_string().contains("such as \"http://127.0.0.1:8080\""), "{url}");
        }
    }
}

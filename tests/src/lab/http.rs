//! The least of HTTP that the tests need, on their own account.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// For an answer, or the next part of one.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Gets `http://HOST:PORT/PATH`: the status and the body.
pub fn get(url: &str) -> io::Result<(u16, String)> {
    let rest = url.strip_prefix("http://").ok_or_else(|| wrong("the URL must begin with http://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    ask(stream, host, path)
}

/// Gets a path from who listens on a unix socket: the status and the body.
pub fn get_unix(socket: &Path, path: &str) -> io::Result<(u16, String)> {
    get_unix_within(socket, path, TIMEOUT)
}

/// The same with another limit.
pub fn get_unix_within(socket: &Path, path: &str, timeout: Duration) -> io::Result<(u16, String)> {
    let stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(timeout))?;
    ask(stream, "localhost", path.trim_start_matches('/'))
}

fn ask(mut stream: impl Read + Write, host: &str, path: &str) -> io::Result<(u16, String)> {
    // HTTP/1.0: the answer comes unchunked and ends with the connection.
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| wrong("no end of the head"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or_else(|| wrong("no status"))?, body.to_owned()))
}

/// `text` as it may stand in a query.
pub fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn wrong(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

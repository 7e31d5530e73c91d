//! The client: the socket that systemd hands over as standard input.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::answer::Refusal;

/// The longest request.
const LONGEST_BYTES: usize = 64 * 1024;
/// A client that does not take its answer is let go.
const SEND_WITHIN: Duration = Duration::from_secs(5);

/// A client.
pub struct Connection {
    stream: UnixStream,
}

impl Connection {
    /// The one that systemd accepted for us.
    pub fn on_standard_input() -> Result<Self, String> {
        let connection = std::io::stdin().as_fd().try_clone_to_owned().map_err(|error| error.to_string())?;
        Self::new(UnixStream::from(connection)).map_err(|error| {
            format!("standard input is no connection: {error}; this is started by trimtab-boot.socket")
        })
    }

    fn new(stream: UnixStream) -> std::io::Result<Self> {
        stream.set_write_timeout(Some(SEND_WITHIN))?;
        Ok(Self { stream })
    }

    /// The one line that it sends, without its end.
    pub fn line(&self, deadline: Instant) -> Result<Vec<u8>, Refusal> {
        let mut line = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match self.read(&mut piece, deadline)? {
                0 => return Err(Refusal::new("the request ended before its line did")),
                count => line.extend_from_slice(&piece[..count]),
            }
            if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
                return if end + 1 == line.len() {
                    line.pop();
                    Ok(line)
                } else {
                    Err(Refusal::new("more than one line was sent; one connection is one request"))
                };
            }
            if line.len() > LONGEST_BYTES {
                return Err(Refusal::new(format!("the request is longer than {LONGEST_BYTES} bytes")));
            }
        }
    }

    fn read(&self, piece: &mut [u8], deadline: Instant) -> Result<usize, Refusal> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Refusal::new("no request came in time"));
            }
            match self.stream.set_read_timeout(Some(left)).and_then(|()| (&self.stream).read(piece)) {
                Ok(count) => return Ok(count),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => (),
                Err(error) => return Err(Refusal::new(format!("the request can't be read: {error}"))),
            }
        }
    }

    /// Sends the answer.
    pub fn send(&self, line: &[u8]) -> Result<(), String> {
        (&self.stream).write_all(line).map_err(|error| format!("the answer can't be sent: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a connection makes of a client that sends this and waits, or sends this and hangs up.
    fn heard(sent: &[u8], hangs_up: bool, patience: Duration) -> Result<Vec<u8>, Refusal> {
        let (client, server) = UnixStream::pair().unwrap();
        let connection = Connection::new(server).unwrap();
        std::thread::scope(|threads| {
            let waiting = threads.spawn(|| connection.line(Instant::now() + patience));
            let _ = (&client).write_all(sent);
            if hangs_up {
                client.shutdown(std::net::Shutdown::Write).unwrap();
            }
            let heard = waiting.join().unwrap();
            drop(client);
            heard
        })
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_line_is_a_request() {
        assert_eq!(heard(b"{}\n", false, LONG).unwrap(), b"{}");
        assert_eq!(heard(&[&vec![b'x'; 60_000][..], b"\n"].concat(), false, LONG).unwrap().len(), 60_000);
    }

    #[test]
    fn whoever_sends_nothing_holds_nothing() {
        let short = Duration::from_millis(20);
        assert_eq!(heard(b"{", false, short), Err(Refusal::new("no request came in time")));
        assert_eq!(heard(b"{", true, LONG), Err(Refusal::new("the request ended before its line did")));
    }

    #[test]
    fn too_much_is_refused() {
        let many = Err(Refusal::new("more than one line was sent; one connection is one request"));
        assert_eq!(heard(b"{}\n{}\n", false, LONG), many);
        assert!(
            matches!(heard(&vec![b'x'; 70_000], false, LONG), Err(why) if format!("{why:?}").contains("longer than"))
        );
    }
}

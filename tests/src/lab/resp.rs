//! The Redis protocol, as far as the tests speak it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a Redis replied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RespReply {
    /// A status or a text.
    Text(String),
    /// A number.
    Number(i64),
    /// Nothing there.
    Nil,
    /// Several.
    List(Vec<RespReply>),
    /// It refused.
    Error(String),
}

/// Sends commands over one connection and gives the reply to the last of them.
pub(crate) fn send(address: &str, commands: &[&[&str]]) -> io::Result<RespReply> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut replies = BufReader::new(stream.try_clone()?);
    let mut last = RespReply::Nil;
    for words in commands {
        let mut request = format!("*{}\r\n", words.len());
        for word in *words {
            request += &["$", &word.len().to_string(), "\r\n", word, "\r\n"].concat();
        }
        stream.write_all(request.as_bytes())?;
        last = read(&mut replies)?;
    }
    Ok(last)
}

fn read(from: &mut impl BufRead) -> io::Result<RespReply> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let line = line.trim_end();
    let garbled = || io::Error::other(format!("not a reply: {line:?}"));
    let (kind, rest) = line.split_at_checked(1).ok_or_else(garbled)?;
    let number = || rest.parse::<i64>().map_err(|_| garbled());
    match kind {
        "+" => Ok(RespReply::Text(rest.to_owned())),
        "-" => Ok(RespReply::Error(rest.to_owned())),
        ":" => Ok(RespReply::Number(number()?)),
        "$" => text(from, number()?),
        "*" => (0..number()?).map(|_| read(from)).collect::<Result<_, _>>().map(RespReply::List),
        _ => Err(garbled()),
    }
}

fn text(from: &mut impl BufRead, length: i64) -> io::Result<RespReply> {
    let Ok(length) = usize::try_from(length) else { return Ok(RespReply::Nil) };
    let mut bytes = vec![0; length + 2];
    from.read_exact(&mut bytes)?;
    Ok(RespReply::Text(String::from_utf8_lossy(&bytes[..length]).into_owned()))
}

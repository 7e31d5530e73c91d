//! `trimtab-boot-helper`: enables and disables instances of the unit templates in its allow file, and nothing else.
//!
//! polkit can't limit `systemctl enable` to certain units, so this small program does, as root. systemd starts it for
//! each connection to `trimtab-boot.socket`, with the connection as standard input. It reads one line, answers with one
//! line and ends:
//!
//! ```text
//! {"enable":["drakrun@1.service","drakrun@2.service"]}      or   {"disable":[...]}
//! {"results":[{"ok":true,"unit":"drakrun@1.service"},{"error":"...","ok":false,"unit":"drakrun@2.service"}]}
//! {"refused":"sshd.service is no numbered instance of a template in the allow file"}
//! ```

#![cfg_attr(test, expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic"))]

mod allow;
mod answer;
mod connection;
mod request;
mod systemctl;
mod template;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use answer::{Answer, Refusal};
use connection::Connection;
use systemctl::Systemctl;

/// A client that has not sent its line by then is none.
const ASK_WITHIN: Duration = Duration::from_secs(5);
/// The answer is on its way by then. The client waits for 30 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(25);

fn main() -> ExitCode {
    match arguments(std::env::args_os().skip(1).collect()) {
        Some((allow_file, client)) => serve(&allow_file, &client),
        None => complain("usage: trimtab-boot-helper --allow-file FILE CLIENT, started by trimtab-boot.socket"),
    }
}

/// The allow file, and what the journal is to call the client.
fn arguments(arguments: Vec<OsString>) -> Option<(PathBuf, String)> {
    let [option, file, client] = <[OsString; 3]>::try_from(arguments).ok()?;
    (option == "--allow-file").then_some((file.into(), client.into_string().ok()?))
}

fn serve(allow_file: &Path, client: &str) -> ExitCode {
    let connection = match Connection::on_standard_input() {
        Ok(connection) => connection,
        Err(why) => return complain(&why),
    };
    let answer = attend(&connection, allow_file, client, Instant::now()).unwrap_or_else(Answer::Refused);
    eprintln!("{client}: {}", answer.in_one_line());
    match connection.send(&answer.line()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => complain(&why),
    }
}

/// Nothing is done before everything that was asked is known to be allowed.
fn attend(connection: &Connection, allow_file: &Path, client: &str, began: Instant) -> Result<Answer, Refusal> {
    let line = connection.line(began + ASK_WITHIN)?;
    let request = request::parse(&line)?;
    request.check(&allow::read(allow_file)?)?;
    eprintln!("{client}: {}", request.in_one_line());
    let systemctl = Systemctl::find().ok_or_else(|| Refusal::new("this machine has no systemctl"))?;
    Ok(Answer::Results(systemctl.carry_out(&request, began + ANSWER_WITHIN)))
}

fn complain(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}

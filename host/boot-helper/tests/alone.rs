//! The helper as systemd starts it, without systemd. With one, it is in `tests/tests/least_privilege`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn helper(arguments: &[&str], stdin: impl Into<Stdio>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trimtab-boot-helper"));
    command.args(arguments).stdin(stdin);
    command
}

/// What it answers to `sent`, and how it ended.
fn asked(allow_file: &Path, sent: &[u8]) -> (String, Output) {
    let (mut client, server) = UnixStream::pair().unwrap();
    client.write_all(sent).unwrap();
    let mut command = helper(&["--allow-file", allow_file.to_str().unwrap(), "client 7"], OwnedFd::from(server));
    let output = command.output().unwrap();
    drop(command); // and with it our copy of its end
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    (answer, output)
}

#[test]
fn it_works_for_a_connection_and_an_allow_file_only() {
    for arguments in [&[][..], &["--allow-file"], &["--allow-file", "/etc/x"], &["--allow", "/etc/x", "client"]] {
        let output = helper(arguments, Stdio::null()).output().unwrap();
        assert!(!output.status.success() && output.stderr.starts_with(b"usage: "), "{arguments:?}: {output:?}");
    }
    let output = helper(&["--allow-file", "/etc/x", "client"], Stdio::null()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("no connection"), "{told}");
}

#[test]
fn without_an_allow_file_everything_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (answer, output) = asked(&folder.path().join("none"), b"{\"enable\":[\"drakrun@1.service\"]}\n");
    assert!(answer.starts_with(r#"{"refused":"the allow file "#) && answer.ends_with("\"}\n"), "{answer}");
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && log.starts_with("client 7: refused: the allow file"), "{log}");
}

#[test]
fn what_is_not_allowed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let allow_file = folder.path().join("boot-templates");
    std::fs::write(&allow_file, "drakrun@.service\n").unwrap();
    let (answer, _) = asked(&allow_file, b"{\"enable\":[\"sshd.service\"]}\n");
    assert_eq!(answer, "{\"refused\":\"sshd.service is no numbered instance of a template in the allow file\"}\n");
}

//! The demo's config: an ordinary file, written for the queue's port of this run.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use toml::Value;

/// The target's name.
pub const TARGET: &str = "work";

/// Fewest workers.
pub const MIN: u32 = 1;

/// Most workers.
pub const MAX: u32 = 10;

/// The file as it is written, but for what differs from run to run.
const TEMPLATE: &str = include_str!("config.toml.in");

/// Where the host of a demo answers, if nobody else does.
const USUAL_PORT: u16 = 9180;

/// Writes `trimtab.toml` into `directory`, for the queue at `queue_url`. Returns its path and what it says.
pub fn write(directory: &Path, queue_url: &str) -> io::Result<(PathBuf, String)> {
    let text = text(queue_url, &env::current_exe()?, http_address());
    let path = directory.join("trimtab.toml");
    fs::write(&path, &text)?;
    Ok((path, text))
}

fn text(queue_url: &str, program: &Path, http: SocketAddr) -> String {
    let program = program.to_string_lossy();
    let command = [&*program, "demo-worker", "--queue", queue_url, "--name", "{replica}"];
    let command = Value::Array(command.into_iter().map(Value::from).collect());
    let fill = [
        ("@HTTP@", Value::from(http.to_string())),
        ("@METRICS@", Value::from(format!("{queue_url}/metrics"))),
        ("@MIN@", Value::from(i64::from(MIN))),
        ("@MAX@", Value::from(i64::from(MAX))),
        ("@COMMAND@", command),
        ("@IN_HAND@", Value::from(format!("{queue_url}/jobs/in-hand/{{replica}}"))),
    ];
    fill.into_iter().fold(TEMPLATE.to_owned(), |text, (mark, value)| text.replace(mark, &value.to_string()))
}

/// The usual port if it is free, else any. Somebody may take it before the host does: then the host says so.
fn http_address() -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, USUAL_PORT));
    let is_free = TcpListener::bind(usual).is_ok();
    if is_free { usual } else { SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tables::BackendTable;

    #[test]
    fn the_config_is_a_good_one_whatever_the_program_is_called() {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("a \"b\" \\c");
        std::os::unix::fs::symlink("/bin/true", &program).unwrap();
        let text = text("http://127.0.0.1:4711", &program, SocketAddr::from((Ipv4Addr::LOCALHOST, 9180)));
        let loaded = crate::config::read(Path::new("/tmp/demo/trimtab.toml"), &text);
        assert_eq!(loaded.problems, [], "{text}");
        let config = loaded.config.unwrap();
        let target = &config.targets[TARGET];
        assert_eq!((target.spec.bounds.min, target.spec.bounds.max), (MIN, MAX));
        let BackendTable::Process(process) = &target.backend else { panic!("{target:?}") };
        assert_eq!(process.command[0], program.to_str().unwrap());
        assert!(!text.contains('@'), "{text}");
    }
}

//! What `tests/lab/systemd-host` does with a private machine.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::lab::machine::{Machine, done};

pub fn boot(machine: &Machine) {
    done(machine.script("systemd-host", "start").arg(programs()).output());
}

pub fn put(machine: &Machine, path: &str, text: &str) {
    let mut command = machine.script("systemd-host", "put");
    let child = command.arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    done(child.and_then(|mut child| {
        // Dropped at the end of this statement: the end of the file.
        child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(text.as_bytes()))?;
        child.wait_with_output()
    }));
}

/// The folder that cargo builds in: we are in `deps` in it.
fn programs() -> PathBuf {
    let test = env::current_exe().unwrap_or_else(|error| panic!("where am I? {error}"));
    let folder = test.parent().and_then(Path::parent);
    folder.unwrap_or_else(|| panic!("{} has no parents", test.display())).to_owned()
}

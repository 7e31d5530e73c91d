//! A private machine, made by `tests/lab/machine`. It needs root, which is taken by `sudo -n` where it has to be.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;

use tempfile::TempDir;

/// What is said where there is no root.
const NO_ROOT: &str = "this test makes a private machine, which needs root, and `sudo -n` does not give it.\n\
     Run tests/run, which asks for it once. Or leave these tests out: TRIMTAB_TEST_WITHOUT_ROOT=1 tests/run\n\
     (with cargo test: -- --skip real_systemd --skip real_swarm)";

/// A private machine. Its keeper is a process that ends it when we end, in whatever way that is.
pub struct Machine {
    folder: TempDir,
    share: PathBuf,
    keeper: Child,
}

impl Machine {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("the lab needs a folder for itself: {error}"));
        let share = folder.path().join("share");
        let made = fs::create_dir(&share).and_then(|()| fs::set_permissions(&share, Permissions::from_mode(0o777)));
        made.unwrap_or_else(|error| panic!("{}: {error}", share.display()));
        let mut keeper = script("machine", "keep", folder.path());
        let keeper = keeper.stdin(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("tests/lab/machine: {error}"));
        Self { folder, share, keeper }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn share(&self) -> &Path {
        &self.share
    }

    pub fn signal(&self, name: &str) {
        done(self.script("machine", "signal").arg(name).output());
    }

    pub fn is_up(&self) -> bool {
        let output = self.script("machine", "pid").output();
        output.is_ok_and(|output| output.status.success())
    }

    /// A command line to be completed with what is to be run inside.
    pub fn enter(&self) -> Command {
        self.script("machine", "enter")
    }

    /// A command line of a script of `tests/lab` for this machine.
    pub fn script(&self, name: &str, verb: &str) -> Command {
        script(name, verb, self.folder.path())
    }

    /// What is kept over a power cut, as it lies outside.
    pub fn kept(&self, path: &str) -> PathBuf {
        self.folder.path().join("kept").join(path.trim_start_matches('/'))
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("kmsg")).unwrap_or_default()
    }

    /// Lets it end, and does not wait for that: several can end at once. The end of its input tells the keeper to.
    pub fn let_go(&mut self) {
        drop(self.keeper.stdin.take());
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.let_go();
        let ended = self.keeper.wait();
        let clean = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
        assert!(clean || thread::panicking(), "the machine in {} did not end: {ended:?}", self.folder.path().display());
    }
}

/// What a script has to say for itself, if it failed.
pub fn done(output: io::Result<Output>) {
    let output = output.unwrap_or_else(|error| panic!("tests/lab: {error}"));
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
}

/// A script of `tests/lab`, run by root.
fn script(name: &str, verb: &str, folder: &Path) -> Command {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab").join(name);
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new(path)
    } else {
        assert!(sudo_works(), "{NO_ROOT}");
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "--"]).arg(path);
        sudo
    };
    command.arg(verb).arg(folder).stdin(Stdio::null());
    command
}

fn sudo_works() -> bool {
    static WORKS: OnceLock<bool> = OnceLock::new();
    *WORKS.get_or_init(|| {
        let output = Command::new("sudo").args(["-n", "true"]).stdin(Stdio::null()).output();
        output.is_ok_and(|output| output.status.success())
    })
}

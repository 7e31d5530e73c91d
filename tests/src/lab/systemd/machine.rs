//! The private machine below a host, made by the scripts in `tests/lab`.

use std::env;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;

use tempfile::TempDir;

/// What is said where there is no root.
const NO_ROOT: &str = "this test makes a private machine, which needs root, and `sudo -n` does not give it.\n\
     Run tests/run, which asks for it once. Or leave these tests out: TRIMTAB_TEST_WITHOUT_ROOT=1 tests/run\n\
     (with cargo test: -- --skip real_systemd)";

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

    pub fn share(&self) -> &Path {
        &self.share
    }

    pub fn boot(&self) {
        done(script("systemd-host", "start", self.folder.path()).arg(programs()).output());
    }

    pub fn signal(&self, name: &str) {
        done(script("machine", "signal", self.folder.path()).arg(name).output());
    }

    pub fn is_up(&self) -> bool {
        let output = script("machine", "pid", self.folder.path()).output();
        output.is_ok_and(|output| output.status.success())
    }

    pub fn put(&self, path: &str, text: &str) {
        let mut command = script("systemd-host", "put", self.folder.path());
        let child = command.arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        done(child.and_then(|mut child| {
            // Dropped at the end of this statement: the end of the file.
            child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(text.as_bytes()))?;
            child.wait_with_output()
        }));
    }

    /// A command line to be completed with what is to be run inside.
    pub fn enter(&self) -> Command {
        script("machine", "enter", self.folder.path())
    }

    /// What is kept over a power cut, as it lies outside.
    pub fn kept(&self, path: &str) -> PathBuf {
        self.folder.path().join("kept").join(path.trim_start_matches('/'))
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("kmsg")).unwrap_or_default()
    }
}

impl Drop for Machine {
    /// The end of its input tells the keeper to end the machine.
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let ended = self.keeper.wait();
        let clean = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
        assert!(clean || thread::panicking(), "the machine in {} did not end: {ended:?}", self.folder.path().display());
    }
}

fn done(output: std::io::Result<Output>) {
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

/// The folder that cargo builds in: we are in `deps` in it.
fn programs() -> PathBuf {
    let test = env::current_exe().unwrap_or_else(|error| panic!("where am I? {error}"));
    let folder = test.parent().and_then(Path::parent);
    folder.unwrap_or_else(|| panic!("{} has no parents", test.display())).to_owned()
}

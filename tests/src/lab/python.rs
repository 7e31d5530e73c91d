//! Real Karton and real RQ: packages of PyPI, kept under `target/`, and scripts that use them.

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

/// Packages of certain versions, from `tests/lab-requirements-NAME.txt`.
pub struct Packages {
    folder: PathBuf,
}

/// A script of `tests/lab-python` that runs until it is dropped.
pub struct Script {
    child: Child,
    home: TempDir,
}

/// One installs at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

impl Packages {
    /// Installs them if this machine has not yet: from PyPI, into `target/lab-python-HASH`.
    ///
    /// # Panics
    ///
    /// With what pip said, if they can't be installed.
    pub fn named(name: &str) -> Self {
        let requirements = tests().join(format!("lab-requirements-{name}.txt"));
        let folder = target().join(format!("lab-python-{:016x}", fingerprint(&requirements)));
        let _one = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        if !folder.exists() {
            install(&requirements, &folder);
        }
        Self { folder }
    }

    /// Where they are, for a `PYTHONPATH`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a script to its end and returns what it printed, line by line.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn run(&self, script: &str, words: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
        let output = self.command(script, words, environment).output();
        let output = output.unwrap_or_else(|error| panic!("python3 can't be started: {error}"));
        assert!(output.status.success(), "{script} {words:?}: {}", last_words(&output));
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// Starts a script.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn start(&self, script: &str, words: &[&str], environment: &[(&str, &str)]) -> Script {
        let home = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder for {script}: {error}"));
        let log = || File::options().create(true).append(true).open(home.path().join("log"));
        let (out, err) = log().and_then(|out| Ok((out, log()?))).unwrap_or_else(|error| panic!("no log: {error}"));
        let mut command = self.command(script, words, environment);
        let child = command.current_dir(home.path()).stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let child = child.unwrap_or_else(|error| panic!("python3 can't be started: {error}"));
        Script { child, home }
    }

    fn command(&self, script: &str, words: &[&str], environment: &[(&str, &str)]) -> Command {
        let scripts = tests().join("lab-python");
        let mut command = Command::new("python3");
        let path = env::join_paths([&self.folder, &scripts]).unwrap_or_else(|error| panic!("{error}"));
        command.env("PYTHONPATH", path).env("PYTHONDONTWRITEBYTECODE", "1").envs(environment.iter().copied());
        command.args(["-s", "-W", "ignore"]).arg(scripts.join(script)).args(words);
        command
    }
}

impl Script {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it without a warning.
    pub fn kill(&mut self) {
        // Our own child, and waited for: its id can't have become another's.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Into a folder beside it first: what is at `folder` is whole, whoever else installs at the same time.
fn install(requirements: &Path, folder: &Path) {
    let beside = tempfile::tempdir_in(target()).unwrap_or_else(|error| panic!("no folder under target: {error}"));
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]);
    let output = pip.arg("--target").arg(beside.path()).arg("--requirement").arg(requirements).output();
    let output = output.unwrap_or_else(|error| panic!("python3 can't be started; tests/run installs it: {error}"));
    assert!(
        output.status.success(),
        "the lab could not install {} (once on each machine; PyPI must be reachable): {}",
        requirements.display(),
        last_words(&output)
    );
    let readable = fs::set_permissions(beside.path(), fs::Permissions::from_mode(0o755));
    assert!(readable.is_ok(), "{}: {readable:?}", beside.path().display());
    let done = fs::rename(beside.path(), folder);
    assert!(done.is_ok() || folder.exists(), "{}: {done:?}", folder.display());
}

/// Of the requirements and of the Python that they are built for.
fn fingerprint(requirements: &Path) -> u64 {
    let text = fs::read_to_string(requirements).unwrap_or_else(|error| panic!("{}: {error}", requirements.display()));
    let version = Command::new("python3").args(["-c", "import sys; print(sys.implementation.cache_tag)"]).output();
    let version = version.unwrap_or_else(|error| panic!("python3 is not installed; tests/run installs it: {error}"));
    let mut hasher = DefaultHasher::new();
    (text, version.stdout).hash(&mut hasher);
    hasher.finish()
}

fn last_words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

/// The folder of this crate.
fn tests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder `target`, in which the test that runs is `debug/deps/TEST`.
fn target() -> PathBuf {
    let test = env::current_exe().unwrap_or_else(|error| panic!("where am I? {error}"));
    let folder = test.ancestors().nth(3).unwrap_or_else(|| panic!("{} has no parents", test.display()));
    folder.to_owned()
}

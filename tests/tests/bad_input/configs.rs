//! tests/bad-configs: what `trimtab check` says of each, and how it ends.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::{env, fs, thread};

use trimtab_tests::lab::program;

/// What begins a line that tells what is expected.
const MARK: &str = "#> ";

/// So many at once: those that get as far as a policy take a while.
const AT_ONCE: usize = 3;

#[test]
fn each_bad_config_is_told_what_is_wrong_with_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bad-configs");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
    assert!(files.len() > 25, "only {} files", files.len());
    let (waiting, wrong) = (Mutex::new(files), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let Some(file) = waiting.lock().unwrap().pop() else { return };
            let complaint = compare(&file);
            wrong.lock().unwrap().extend(complaint);
        }
    };
    thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not as the file says, if anything is.
fn compare(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).unwrap();
    let (config, expected) = match text.find(MARK) {
        Some(at) => text.split_at(at),
        None => (text.as_str(), ""),
    };
    let said = check(file);
    assert!(!said.contains("hunter2"), "a secret is told:\n{said}");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(file, format!("{config}{said}")).unwrap();
        return None;
    }
    (said != expected).then(|| format!("{}:\nexpected\n{expected}found\n{said}", file.display()))
}

/// The exit code and all that was said, each line marked, without what differs from machine to machine.
fn check(file: &Path) -> String {
    let mut command = Command::new(program::trimtab());
    // A key of whoever runs this is not one for the lab.
    command.arg("check").arg("--config").arg(file).env_remove("MASS_API_KEY").env_remove("API_KEY");
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let folder = file.parent().unwrap().display().to_string();
    let bundled = bundled_policies::names().join(", ");
    let said = String::from_utf8(said).unwrap().replace(&file.display().to_string(), "");
    let said = said.replace(&folder, "HERE").replace(&bundled, "BUNDLED");
    let lines = said.lines().map(|line| line.trim_start_matches(':'));
    let first = format!("{MARK}exit {}\n", output.status.code().unwrap());
    lines.fold(first, |said, line| said + MARK + line.trim() + "\n")
}

//! The program under test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Another program than the one that cargo built, such as that of a package.
const GIVEN: &str = "TRIMTAB_TEST_PROGRAM";

/// The `trimtab` that cargo built beside the test that runs, or the one that `TRIMTAB_TEST_PROGRAM` names.
///
/// # Panics
///
/// If it is not there, or older than a source that it is made of: then a test would tell of another program.
pub fn trimtab() -> PathBuf {
    if let Some(given) = env::var_os(GIVEN) {
        return given.into();
    }
    beside_the_test("trimtab", "trimtab")
}

/// The `trimtab-boot-helper` that cargo built beside the test that runs.
///
/// # Panics
///
/// As [`trimtab`].
pub fn boot_helper() -> PathBuf {
    beside_the_test("trimtab-boot-helper", "boot-helper")
}

fn beside_the_test(name: &str, package: &str) -> PathBuf {
    let test = env::current_exe().unwrap_or_else(|error| panic!("where am I? {error}"));
    // target/debug/deps/TEST
    let folder = test.parent().and_then(Path::parent).unwrap_or_else(|| panic!("{} has no parents", test.display()));
    let program = folder.join(name);
    let Some(built) = changed(&program) else {
        panic!("there is no {}; build it: cargo build -p {package}", program.display());
    };
    if let Some(source) = sources(&folder.join(format!("{name}.d"))).find(|source| changed(source) > Some(built)) {
        panic!("{} changed after {}; build it: cargo build -p {package}", source.display(), program.display());
    }
    program
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// The Rust files that cargo lists in its own note of what the program is made of.
fn sources(note: &Path) -> impl Iterator<Item = PathBuf> {
    let text = fs::read_to_string(note).unwrap_or_default();
    let words: Vec<PathBuf> = text.split_whitespace().skip(1).map(PathBuf::from).collect();
    words.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
}

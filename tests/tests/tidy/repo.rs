//! The repository as the rules see it: its text files, and what cargo says of it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// One file that people wrote.
pub struct TextFile {
    /// From the root, with slashes.
    pub path: String,
    pub text: String,
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every text file, sorted by path.
pub static FILES: LazyLock<Vec<TextFile>> = LazyLock::new(|| {
    let mut files = Vec::new();
    collect(root(), &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 20, "only {} files found below {}", files.len(), root().display());
    files
});

/// Those whose name ends so, for example in `.rs`.
pub fn files_named(ending: &str) -> impl Iterator<Item = &'static TextFile> {
    FILES.iter().filter(move |file| file.path.ends_with(ending))
}

fn collect(folder: &Path, files: &mut Vec<TextFile>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !is_output(&entry.path()) {
            collect(&entry.path(), files);
        } else if kind.is_file()
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            let path = entry.path().strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            files.push(TextFile { path, text });
        }
    }
}

/// What git keeps, what cargo builds (it tags its folder), and what an example's run leaves for the next.
fn is_output(folder: &Path) -> bool {
    let state = folder.starts_with(root().join("examples")) && folder.ends_with("state");
    folder.ends_with(".git") || folder.join("CACHEDIR.TAG").exists() || state
}

/// `cargo metadata` of this platform: our crates and all that they depend on.
pub static METADATA: LazyLock<Value> = LazyLock::new(|| {
    let platform = host_platform();
    let json = cargo(&["metadata", "--format-version", "1", "--locked", "--filter-platform", &platform]);
    serde_json::from_str(&json).unwrap()
});

/// The packages of the metadata. Ours have no `source`.
pub fn packages() -> &'static [Value] {
    METADATA["packages"].as_array().unwrap()
}

/// Our own packages.
pub fn members() -> impl Iterator<Item = &'static Value> {
    packages().iter().filter(|package| package["source"].is_null())
}

/// The folder of one of our packages, from the root.
pub fn folder_of(package: &Value) -> &str {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.strip_prefix(root()).unwrap().parent().unwrap().to_str().unwrap()
}

/// What cargo printed; panics with what it complained of.
pub fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(
        output.status.success(),
        "cargo {} failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn host_platform() -> String {
    let version = Command::new("rustc").arg("-vV").current_dir(root()).output().unwrap();
    let text = String::from_utf8(version.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

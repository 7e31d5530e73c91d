//! Builds every folder of `policies/` into a component and writes the list of them as Rust.
//!
//! The same cargo that runs this is called again, with a target directory of its own: the outer cargo
//! holds the lock of the usual one.

use std::collections::BTreeSet;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

const TARGET: &str = "wasm32-wasip2";
const PROFILE: &str = "guest";

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let root = workspace_root()?;
    for path in
        ["policies", "guest-sdk/rust/src", "guest-sdk/rust/Cargo.toml", "wit/policy.wit", "Cargo.toml", "Cargo.lock"]
    {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
    let out = PathBuf::from(variable("OUT_DIR")?);
    let names = policy_names(&root.join("policies"))?;
    require_target()?;
    let built = compile(&root, &target_dir(&out).join("guests"), &names)?;
    for name in &names {
        let from = built.join(format!("{}.wasm", name.replace('-', "_")));
        fs::copy(&from, out.join(format!("{name}.wasm")))
            .map_err(|e| format!("no component at {}: {e}", from.display()))?;
    }
    fs::write(out.join("policies.rs"), listing(&names)?)?;
    Ok(())
}

fn workspace_root() -> Result<PathBuf, Box<dyn Error>> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    Ok(here.ancestors().nth(2).ok_or("host/bundled-policies has no workspace above it")?.to_owned())
}

/// A policy is a folder with a manifest; the package has the folder's name.
fn policy_names(folder: &Path) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.join("Cargo.toml").is_file(), path.file_name().and_then(OsStr::to_str)) {
            names.insert(name.to_owned());
        }
    }
    Ok(names)
}

/// Cargo's own complaint about a missing target is fifty lines long.
fn require_target() -> Result<(), Box<dyn Error>> {
    let library = Command::new(variable("RUSTC")?).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    if Path::new(String::from_utf8(library.stdout)?.trim()).is_dir() {
        return Ok(());
    }
    Err(format!(
        "policies are compiled to {TARGET}, and this toolchain lacks it; get it with: rustup target add {TARGET}"
    )
    .into())
}

/// The folder that cargo tags as its target directory.
fn target_dir(out: &Path) -> &Path {
    out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).unwrap_or(out)
}

fn compile(root: &Path, target_dir: &Path, names: &BTreeSet<String>) -> Result<PathBuf, Box<dyn Error>> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(root).args(["build", "--quiet", "--profile", PROFILE, "--target", TARGET]);
    cargo.arg("--target-dir").arg(target_dir).args(names.iter().flat_map(|name| ["--package", name]));
    for (key, _) in env::vars_os().filter(|(key, _)| disturbs(key)) {
        cargo.env_remove(key);
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", nameless_paths(root).join("\x1f"));
    let status = cargo.status()?;
    if !status.success() {
        return Err(format!("the policies did not compile to {TARGET} ({status}); the errors are above").into());
    }
    Ok(target_dir.join(TARGET).join(PROFILE))
}

/// What the outer cargo, clippy or a coverage run set for the host's own code.
fn disturbs(key: &OsStr) -> bool {
    let Some(key) = key.to_str() else { return false };
    let ours = ["CARGO_HOME", "CARGO_MAKEFLAGS"].contains(&key)
        || ["CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR", "CARGO_SOURCE_"].iter().any(|prefix| key.starts_with(prefix));
    (key.starts_with("CARGO_") && !ours) || ["RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER"].contains(&key)
}

/// Without the paths of this machine, the same source gives the same bytes everywhere.
fn nameless_paths(root: &Path) -> Vec<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let mut prefixes = vec![format!("--remap-path-prefix={}=trimtab", root.display())];
    prefixes.extend(home.map(|home| format!("--remap-path-prefix={}=cargo", home.display())));
    prefixes
}

fn listing(names: &BTreeSet<String>) -> Result<String, Box<dyn Error>> {
    let mut constants = String::new();
    let mut arms = String::new();
    for name in names {
        let constant = name.to_uppercase().replace('-', "_");
        writeln!(constants, "/// The component `{name}`.")?;
        writeln!(
            constants,
            "pub const {constant}: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.wasm\"));"
        )?;
        write!(arms, "(\"{name}\", {constant}), ")?;
    }
    let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    let names = names.join(", ");
    Ok(format!("{constants}const ALL: &[(&str, &[u8])] = &[{arms}];\nconst NAMES: &[&str] = &[{names}];\n"))
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("cargo did not set {name}"))
}

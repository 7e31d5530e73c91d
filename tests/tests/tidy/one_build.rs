//! Every way to build selects the same features of the slow dependencies, so that they are built once.
//!
//! `host/one-build` makes it so; without it, `cargo test -p adapters` after `cargo build` builds half the tree again.

use std::collections::BTreeSet;

use crate::expect_none;
use crate::repo::{cargo, folder_of, members};

/// Minutes to build, together with all that is below them.
const SLOW: [&str; 3] = ["wasmtime", "tokio", "libsqlite3-sys"];

/// `name vVERSION [features]`, one for each way in which a package is built.
fn built(selection: &[&str], edges: &str) -> BTreeSet<String> {
    let format = ["--locked", "--prefix", "none", "--format", "{p} [{f}]", "--edges", edges];
    let tree = cargo(&[&["tree"], selection, &format].concat());
    tree.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).filter(|line| !line.is_empty()).collect()
}

fn name(line: &str) -> &str {
    line.split(' ').next().unwrap()
}

fn slow_names() -> BTreeSet<String> {
    let below = |package: &&str| built(&["--package", package], "normal,build");
    SLOW.iter().flat_map(below).map(|line| name(&line).to_owned()).collect()
}

fn built_twice(selected: &BTreeSet<String>, all: &BTreeSet<String>, slow: &BTreeSet<String>) -> Vec<String> {
    selected.difference(all).filter(|line| slow.contains(name(line))).cloned().collect()
}

#[test]
fn every_selection_builds_the_slow_dependencies_alike() {
    let slow = slow_names();
    let all = built(&["--workspace"], "normal,build,dev");
    let host_crates =
        members().filter(|package| folder_of(package).starts_with("host/") && package["name"] != "one-build");
    let mut complaints = Vec::new();
    for package in host_crates.map(|package| package["name"].as_str().unwrap()) {
        for edges in ["normal,build", "normal,build,dev"] {
            let twice = built_twice(&built(&["--package", package], edges), &all, &slow);
            complaints.extend(twice.into_iter().map(|line| format!("-p {package} ({edges}): {line}")));
        }
    }
    expect_none("built twice; name the missing features in host/one-build/Cargo.toml:", &complaints);
}

#[test]
fn a_difference_in_features_is_seen() {
    let lines = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let all = lines(&["wasmtime v1 [std]", "small v1 [a]"]);
    let slow = lines(&["wasmtime"]);
    assert!(built_twice(&lines(&["wasmtime v1 [std]", "small v1 []"]), &all, &slow).is_empty());
    assert_eq!(built_twice(&lines(&["wasmtime v1 []"]), &all, &slow), ["wasmtime v1 []"]);
}

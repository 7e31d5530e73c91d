//! Every crate of ours is held to the workspace's lints.

use std::collections::BTreeSet;
use std::fs;

use toml::Table;

use crate::expect_none;
use crate::repo::{folder_of, members, root};

/// Crates that can't forbid unsafe code, and why. They repeat the workspace's lints with that one relaxed.
const MAY_BE_UNSAFE: [(&str, &str); 2] = [
    ("policy-runtime", "deserializing compiled code is unsafe by its nature; the cache's MAC is what makes it sound"),
    ("trimtab-policy-sdk", "the export glue that wit-bindgen writes into a guest is unsafe"),
];

fn manifest(folder: &str) -> Table {
    fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap().parse().unwrap()
}

fn complaint(name: &str, lints: Option<&Table>, workspace: &Table) -> Option<String> {
    let Some(lints) = lints else { return Some(format!("{name}: no [lints]; write `workspace = true` there")) };
    if lints.get("workspace").is_some_and(|inherits| inherits.as_bool() == Some(true)) {
        return None;
    }
    if !MAY_BE_UNSAFE.iter().any(|(exception, _)| *exception == name) {
        return Some(format!("{name}: has lints of its own; write `workspace = true`"));
    }
    let (own, common) = (settings(lints), settings(workspace));
    let differing: Vec<_> = own.symmetric_difference(&common).map(String::as_str).collect();
    (!differing.is_empty()).then(|| format!("{name}: not as in the workspace: {}", differing.join(", ")))
}

/// `group.lint = level` for every lint but the one that may differ.
fn settings(lints: &Table) -> BTreeSet<String> {
    let groups = lints.iter().filter_map(|(group, lints)| Some((group, lints.as_table()?)));
    let all =
        groups.flat_map(|(group, lints)| lints.iter().map(move |(lint, level)| format!("{group}.{lint} = {level}")));
    all.filter(|setting| !setting.starts_with("rust.unsafe_code ")).collect()
}

#[test]
fn every_crate_is_held_to_the_same_lints() {
    let root = manifest("");
    let workspace = root["workspace"]["lints"].as_table().unwrap();
    let complaints: Vec<_> = members()
        .filter_map(|package| {
            let manifest = manifest(folder_of(package));
            let lints = manifest.get("lints").and_then(toml::Value::as_table);
            complaint(package["name"].as_str().unwrap(), lints, workspace)
        })
        .collect();
    expect_none("every crate inherits the workspace's lints:", &complaints);
}

#[test]
fn a_crate_with_laxer_lints_is_seen() {
    let table = |text: &str| text.parse::<Table>().unwrap();
    let workspace = table("rust = { unsafe_code = 'forbid', missing_docs = 'warn' }");
    let laxer = table("rust = { unsafe_code = 'deny' }");
    let relaxed = table("rust = { unsafe_code = 'deny', missing_docs = 'warn' }");
    assert!(complaint("trimtab", None, &workspace).is_some());
    assert!(complaint("trimtab", Some(&relaxed), &workspace).is_some());
    let told = complaint("policy-runtime", Some(&laxer), &workspace).unwrap();
    assert!(told.ends_with(r#"rust.missing_docs = "warn""#), "{told}");
    assert_eq!(complaint("policy-runtime", Some(&relaxed), &workspace), None);
    assert_eq!(complaint("trimtab", Some(&table("workspace = true")), &workspace), None);
}

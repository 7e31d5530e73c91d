//! Dependencies point one way, as ARCHITECTURE.md draws them.

use serde_json::Value;

use crate::expect_none;
use crate::repo::{folder_of, members};

/// Which of our crates a crate may name.
enum Arrows {
    To(&'static [&'static str]),
    Anywhere,
}

/// By folder. A new crate is a new line here, on purpose.
fn arrows_of(folder: &str) -> Option<Arrows> {
    Some(match folder {
        "host/scaling-core" | "host/bundled-policies" | "host/one-build" | "host/boot-helper" | "guest-sdk/rust" => {
            Arrows::To(&[])
        }
        "host/contract-json" | "host/policy-runtime" | "host/adapters" => Arrows::To(&["one-build", "scaling-core"]),
        "host/trimtab" | "tests" => Arrows::Anywhere,
        _ if folder.starts_with("policies/") => Arrows::To(&["trimtab-policy-sdk"]),
        _ => return None,
    })
}

/// What only one crate of the host may name: so it can be replaced, and read, in one place.
const ONLY_IN: [(&str, &str); 11] = [
    ("wasmtime", "policy-runtime"),
    ("wasmparser", "policy-runtime"),
    ("redis", "adapters"),
    ("reqwest", "adapters"),
    ("rusqlite", "trimtab"),
    ("axum", "trimtab"),
    ("clap", "trimtab"),
    ("ratatui", "trimtab"),
    ("prometheus-client", "trimtab"),
    ("tracing-subscriber", "trimtab"),
    ("zstd-safe", "trimtab"),
];

struct Dependency<'a> {
    name: &'a str,
    ours: bool,
    for_tests: bool,
}

fn dependencies(package: &Value) -> impl Iterator<Item = Dependency<'_>> {
    package["dependencies"].as_array().unwrap().iter().map(|dependency| Dependency {
        name: dependency["name"].as_str().unwrap(),
        ours: dependency["path"].is_string(),
        for_tests: dependency["kind"] == "dev",
    })
}

fn complaints_of(package: &Value, folder: &str) -> Vec<String> {
    let name = package["name"].as_str().unwrap();
    let Some(arrows) = arrows_of(folder) else {
        return vec![format!("{folder}: a crate that tests/tests/tidy/arrows.rs does not know; add its arrows there")];
    };
    dependencies(package)
        .filter_map(|dependency| wrong_arrow(&arrows, &dependency).or_else(|| wrong_library(name, folder, &dependency)))
        .map(|complaint| format!("{folder}: {complaint}"))
        .collect()
}

fn wrong_arrow(arrows: &Arrows, dependency: &Dependency<'_>) -> Option<String> {
    let Arrows::To(allowed) = arrows else { return None };
    let wrong = if dependency.for_tests { dependency.name == "trimtab" } else { !allowed.contains(&dependency.name) };
    (dependency.ours && wrong).then(|| format!("may not depend on {}", dependency.name))
}

fn wrong_library(name: &str, folder: &str, dependency: &Dependency<'_>) -> Option<String> {
    if dependency.for_tests || dependency.ours || !folder.starts_with("host/") || name == "one-build" {
        return None;
    }
    if name == "scaling-core" {
        return Some(format!("is pure and depends on nothing, and names {}", dependency.name));
    }
    let (library, owner) = ONLY_IN.iter().find(|(library, _)| *library == dependency.name)?;
    (*owner != name).then(|| format!("names {library}, which is {owner}'s alone"))
}

#[test]
fn dependencies_point_one_way() {
    let complaints: Vec<_> = members().flat_map(|package| complaints_of(package, folder_of(package))).collect();
    expect_none("dependencies point one way (ARCHITECTURE.md):", &complaints);
}

#[test]
fn a_wrong_arrow_is_seen() {
    let package = |name: &str, dependencies: &str| -> Value {
        serde_json::from_str(&format!(r#"{{"name": "{name}", "dependencies": [{dependencies}]}}"#)).unwrap()
    };
    let ours = |name: &str, kind: &str| format!(r#"{{"name": "{name}", "path": "/x", "kind": {kind}}}"#);
    let theirs = |name: &str| format!(r#"{{"name": "{name}", "kind": null}}"#);
    let broken = [
        ("host/adapters", package("adapters", &ours("trimtab", "null"))),
        ("host/adapters", package("adapters", &ours("trimtab", r#""dev""#))),
        ("host/adapters", package("adapters", &theirs("wasmtime"))),
        ("host/scaling-core", package("scaling-core", &theirs("serde"))),
        ("policies/qos-rules", package("qos-rules", &ours("scaling-core", "null"))),
        ("host/newcomer", package("newcomer", "")),
    ];
    for (folder, package) in &broken {
        assert_eq!(complaints_of(package, folder).len(), 1, "{folder}: {package}");
    }
    let fine = package("policy-runtime", &[theirs("wasmtime"), ours("bundled-policies", r#""dev""#)].join(","));
    assert!(complaints_of(&fine, "host/policy-runtime").is_empty());
}

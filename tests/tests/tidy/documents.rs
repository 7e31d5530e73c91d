//! The documents that a reader is promised are there, and their links lead somewhere.

use std::path::{Component, Path, PathBuf};

use crate::expect_none;
use crate::repo::{FILES, TextFile, files_named, root};

const PROMISED: [&str; 18] = [
    "README.md",
    "ARCHITECTURE.md",
    "BENCHMARKS.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "RATIONALE.md",
    "SECURITY.md",
    "STYLE.md",
    "guest-sdk/rust/README.md",
    "host/adapters/RATIONALE.md",
    "host/policy-runtime/RATIONALE.md",
    "host/scaling-core/RATIONALE.md",
    "host/trimtab/RATIONALE.md",
    "policies/qos-rules/README.md",
    "wit/README.md",
];

/// Where the inline links of a Markdown text lead, code left out.
fn links(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let prose = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    });
    prose.flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

/// The anchor that a Markdown viewer gives to a heading.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn has_anchor(text: &str, wanted: &str) -> bool {
    text.lines().filter(|line| line.starts_with('#')).any(|heading| anchor(heading) == wanted)
}

/// `a/b/../c` as `a/c`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => (),
            other => plain.push(other),
        }
        plain
    })
}

fn dead_link(file: &TextFile, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, wanted) = link.split_once('#').unwrap_or((link, ""));
    let folder = Path::new(&file.path).parent().unwrap();
    let target = if path.is_empty() { PathBuf::from(&file.path) } else { plain(&folder.join(path)) };
    let complaint = |what: &str| Some(format!("{}: {link}: {what}", file.path));
    if !root().join(&target).exists() {
        return complaint("no such file");
    }
    let text = FILES.iter().find(|other| Path::new(&other.path) == target).map_or("", |other| &other.text);
    if wanted.is_empty() || has_anchor(text, wanted) { None } else { complaint("no such heading") }
}

#[test]
fn every_promised_document_is_there() {
    let missing = PROMISED.iter().filter(|path| !root().join(path).is_file());
    expect_none("a promised document is missing:", &missing.map(ToString::to_string).collect::<Vec<_>>());
}

#[test]
fn every_example_and_policy_explains_itself() {
    let folders = ["examples", "policies"].iter().flat_map(|name| root().join(name).read_dir().unwrap());
    let silent =
        folders.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir() && !path.join("README.md").exists());
    expect_none("a folder without a README.md:", &silent.map(|path| path.display().to_string()).collect::<Vec<_>>());
}

#[test]
fn every_link_leads_somewhere() {
    let complaints: Vec<_> = files_named(".md")
        .flat_map(|file| links(&file.text).into_iter().filter_map(|link| dead_link(file, link)))
        .collect();
    expect_none("a dead link:", &complaints);
}

#[test]
fn a_dead_link_is_seen() {
    let text =
        "see [a](README.md), [b](nowhere.md)\n```\n[c](in-code.md)\n```\n[d](#here) [e](https://example.org/x)\n# Here";
    let file = TextFile { path: "x.md".to_owned(), text: text.to_owned() };
    assert_eq!(links(text), ["README.md", "nowhere.md", "#here", "https://example.org/x"]);
    assert_eq!(dead_link(&file, "nowhere.md"), Some("x.md: nowhere.md: no such file".to_owned()));
    assert_eq!(dead_link(&file, "README.md"), None);
    assert!(has_anchor(text, "here") && !has_anchor(text, "there"));
    assert_eq!(anchor("## One tick, five verbs"), "one-tick-five-verbs");
}

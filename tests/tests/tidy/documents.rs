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

/// The fenced blocks of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    text.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

fn text_of(path: &str) -> &'static str {
    &FILES.iter().find(|file| file.path == path).unwrap().text
}

/// What the README shows in a language and no source has, word for word.
fn made_up(language: &str, sources: &[String]) -> Vec<String> {
    let shown = blocks(text_of("README.md"), language);
    assert!(!shown.is_empty(), "README.md shows no {language}");
    shown.into_iter().filter(|block| !sources.iter().any(|source| source.contains(block))).collect()
}

#[test]
fn the_configs_in_the_readme_are_those_of_the_examples() {
    let examples = FILES.iter().filter(|file| file.path.starts_with("examples/"));
    let sources: Vec<_> = examples.map(|file| file.text.clone()).collect();
    expect_none("a config in README.md that is in no example:", &made_up("toml", &sources));
}

#[test]
fn the_policy_in_the_readme_is_the_one_that_the_sdk_tests() {
    let lines = text_of("guest-sdk/rust/src/lib.rs").lines().filter_map(|line| line.strip_prefix("//!"));
    let documentation: Vec<_> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let complaints = made_up("rust", &[documentation.join("\n")]);
    expect_none("a policy in README.md that is not in the SDK's documentation, where it is tested:", &complaints);
}

/// The document may leave lines out, and may not make any up.
#[test]
fn the_loop_in_the_architecture_is_the_one_that_runs() {
    let runs: Vec<_> = text_of("host/trimtab/src/tick/mod.rs").lines().collect();
    let shown = blocks(text_of("ARCHITECTURE.md"), "rust").concat();
    assert!(shown.contains("act::act("), "ARCHITECTURE.md does not show the tick");
    let other = shown.lines().filter(|line| !runs.contains(line)).map(str::to_owned);
    expect_none("a line of the loop in ARCHITECTURE.md that does not run:", &other.collect::<Vec<_>>());
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
    assert_eq!(blocks("a\n```toml\nx = 1\n```\nb", "toml"), ["x = 1\n"]);
    assert_eq!(anchor("## One tick, five verbs"), "one-tick-five-verbs");
}

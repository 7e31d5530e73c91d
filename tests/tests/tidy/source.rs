//! What no source file of ours contains.

use crate::expect_none;
use crate::repo::{FILES, TextFile, files_named};

/// A longer file holds more than one idea.
const MOST_LINES: usize = 400;

/// Where a task may be started outside the supervisor's set.
const MAY_SPAWN: [&str; 1] = ["host/trimtab/src/supervisor"];

/// Words are put together here so that this file does not find itself.
const SILENCED: [&str; 2] = [concat!("#[al", "low"), concat!("#![al", "low")];
const UNFINISHED: [&str; 5] = [
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("#[ig", "nore]"),
];
const SPAWNS: [&str; 2] = [concat!("tokio::", "spawn("), concat!("task::", "spawn(")];
const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/main"), concat!("/wo", "rk/shared"), concat!("/wo", "rk/.lib"), concat!("/ro", "ot/.")];

/// `path:line: what`, for every line that has one of `words`.
fn lines_with(file: &TextFile, words: &[&str]) -> Vec<String> {
    let found = |line: &str| words.iter().find(|word| line.contains(**word)).copied();
    let numbered = file.text.lines().zip(1..);
    numbered.filter_map(|(line, at)| found(line).map(|word| format!("{}:{at}: {word}", file.path))).collect()
}

fn rust_files() -> impl Iterator<Item = &'static TextFile> {
    files_named(".rs")
}

/// The file up to its own tests; nothing of a file that is all tests.
fn without_tests(file: &TextFile) -> TextFile {
    let is_test = file.path.contains("/tests/") || file.path.ends_with("/tests.rs") || file.path.ends_with("_tests.rs");
    let code = if is_test { "" } else { file.text.split("#[cfg(test)]").next().unwrap() };
    TextFile { path: file.path.clone(), text: code.to_owned() }
}

fn too_long(file: &TextFile) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > MOST_LINES).then(|| format!("{}: {lines} lines, {MOST_LINES} at most", file.path))
}

fn spawns(file: &TextFile) -> Vec<String> {
    if MAY_SPAWN.iter().any(|place| file.path.starts_with(place)) {
        return Vec::new();
    }
    lines_with(&without_tests(file), &SPAWNS)
}

#[test]
fn files_are_short() {
    let complaints: Vec<_> = rust_files().filter_map(too_long).collect();
    expect_none("a file holds one idea:", &complaints);
}

#[test]
fn lints_are_expected_with_a_reason_and_never_silenced() {
    let complaints: Vec<_> = rust_files().flat_map(|file| lines_with(file, &SILENCED)).collect();
    expect_none("write #[expect(.., reason = \"..\")]:", &complaints);
}

#[test]
fn nothing_is_left_for_later() {
    let code = |file: &&TextFile| [".rs", ".toml", ".wit", ".sh", "/run"].iter().any(|end| file.path.ends_with(end));
    let complaints: Vec<_> = FILES.iter().filter(code).flat_map(|file| lines_with(file, &UNFINISHED)).collect();
    expect_none("finish it, or write an issue:", &complaints);
}

#[test]
fn no_document_has_a_claim_that_nobody_checked() {
    let complaints: Vec<_> = files_named(".md").flat_map(|file| lines_with(file, &["<!-- lead:"])).collect();
    expect_none("see that it is so, then take the mark away:", &complaints);
}

#[test]
fn tasks_are_started_by_the_supervisor() {
    let complaints: Vec<_> = rust_files().filter(|file| file.path.starts_with("host/")).flat_map(spawns).collect();
    expect_none("a task belongs to a JoinSet, so that it is ended and its panic is seen:", &complaints);
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let complaints: Vec<_> = FILES.iter().flat_map(|file| lines_with(file, &MACHINE_PATHS)).collect();
    expect_none("a path that only one machine has:", &complaints);
}

#[test]
fn each_offence_is_seen() {
    let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
    let spawning = format!("fn a() {{}}\n{}async {{}});\n", SPAWNS[0]);
    assert_eq!(spawns(&file("host/x/src/a.rs", &spawning)), [format!("host/x/src/a.rs:2: {}", SPAWNS[0])]);
    assert!(spawns(&file("host/trimtab/src/supervisor.rs", &spawning)).is_empty());
    assert!(spawns(&file("host/x/src/a.rs", &format!("#[cfg(test)]\nmod tests {{ {spawning} }}"))).is_empty());
    assert!(spawns(&file("host/x/tests/a.rs", &spawning)).is_empty());
    assert_eq!(too_long(&file("a.rs", &"\n".repeat(400))), None);
    assert!(too_long(&file("a.rs", &"\n".repeat(401))).is_some());
    for word in SILENCED.iter().chain(&UNFINISHED).chain(&MACHINE_PATHS) {
        assert_eq!(lines_with(&file("a.rs", &format!("ok\n  {word} x")), &[word]).len(), 1, "{word}");
    }
}

//! Holds the house in order: what a reviewer would otherwise have to remember.
//!
//! Each module is one rule or a family of them, as ARCHITECTURE.md and STYLE.md state them in prose. A rule is a
//! function from a text to complaints, tried on a text that breaks it, and then run over the real tree.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod arrows;
mod documents;
mod frozen;
mod licences;
mod lints;
mod one_build;
mod repo;
mod source;

/// Fails with every complaint, not only with the first.
fn expect_none(rule: &str, complaints: &[String]) {
    assert!(complaints.is_empty(), "{rule}\n  {}\n", complaints.join("\n  "));
}

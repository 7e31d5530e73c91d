//! From a TOML file to a config that can be run, or to all that is wrong with it.
//!
//! [`tables`] are the sections as written; [`document`] reads them with their places; here they are
//! checked and made sense of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use scaling_core::spec::TargetSpec;

use crate::journal::Digest;

pub mod document;
pub mod problem;
pub mod tables;

mod backend;
mod cycles;
mod guardrails;
mod host;
mod indicators;
mod target;

use document::Document;
use problem::{Problem, Severity};
use tables::{BackendTable, IndicatorTable, JournalTable, PolicyLimitsTable, SourceTable};

/// A config that can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The daemon itself.
    pub host: HostConfig,
    /// How to reach whoever answers, by name.
    pub sources: BTreeMap<String, SourceTable>,
    /// What is scaled, by name.
    pub targets: BTreeMap<String, TargetConfig>,
}

/// The daemon itself.
#[derive(Clone, Debug, PartialEq)]
pub struct HostConfig {
    /// Absolute.
    pub state_dir: PathBuf,
    /// Where the read-only HTTP API listens.
    pub http: Option<std::net::SocketAddr>,
    /// Absolute.
    pub socket: PathBuf,
    /// Threads that evaluate policies.
    pub evaluators: usize,
    /// How long unfinished ticks may take at the end.
    pub shutdown_grace: Duration,
    /// The journal.
    pub journal: JournalTable,
    /// Limits on each call of a policy.
    pub policy_limits: PolicyLimitsTable,
}

/// One target, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetConfig {
    /// What the core needs to know.
    pub spec: TargetSpec,
    /// Who decides.
    pub policy: PolicyConfig,
    /// What he may see, by name.
    pub indicators: BTreeMap<String, IndicatorTable>,
    /// How old the newest sample may be.
    pub stale_after: Duration,
    /// Where replicas run.
    pub backend: BackendTable,
}

/// Who decides, and by what config.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyConfig {
    /// Where the component comes from.
    pub component: ComponentRef,
    /// The policy's config as JSON text; keys sorted, so equal configs are equal texts.
    pub config: String,
    /// Names the content of the component's file, so that a reload notices another content behind the same path.
    pub content: Option<Digest>,
}

/// Where a component comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComponentRef {
    /// Embedded in the host.
    Builtin(String),
    /// A file.
    File(PathBuf),
}

impl ComponentRef {
    /// Reads `builtin:NAME` or a path relative to `base`.
    pub fn parse(text: &str, base: &Path) -> Self {
        match text.strip_prefix("builtin:") {
            Some(name) => Self::Builtin(name.to_owned()),
            None => Self::File(base.join(text)),
        }
    }
}

impl std::fmt::Display for ComponentRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Builtin(name) => write!(f, "builtin:{name}"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// What came of reading a file: warnings at least, and a config if there were no errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// `None` if there was an error.
    pub config: Option<Config>,
    /// What could be made of it all the same, so that `check` can look at the policies too.
    pub draft: Option<Config>,
    /// Everything found, in the order of the lines.
    pub problems: Vec<Problem>,
}

/// Reads the file at `path`.
pub fn load(path: &Path) -> Loaded {
    match std::fs::read_to_string(path) {
        Ok(text) => read(path, &text),
        Err(error) => {
            let message = format!("can't be read: {error}");
            let file = path.to_owned();
            let problem = Problem { severity: Severity::Error, file, line: None, key: String::new(), message };
            Loaded { config: None, draft: None, problems: vec![problem] }
        }
    }
}

/// Reads `text` as if it stood in the file at `path`; relative paths in it are relative to that file.
pub fn read(path: &Path, text: &str) -> Loaded {
    let mut document = Document::parse(path, text);
    if !document.is_toml() {
        return Loaded { config: None, draft: None, problems: document.into_problems() };
    }
    let base = std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_default();
    for name in document.names(&[]) {
        if !["host", "source", "target"].contains(&name.as_str()) {
            document.error(&[&name], "unknown section; expected [host], [source.NAME.KIND] or [target.NAME]");
        }
    }
    let host = host::read(&mut document, &base);
    let sources = read_sources(&mut document);
    let targets = target::read_all(&mut document, &base, &sources);
    cycles::refuse(&mut document, &targets);
    backend::refuse_doubles(&mut document, &targets);
    let draft = Config { host, sources, targets };
    let config = (!document.has_errors()).then(|| draft.clone());
    Loaded { config, draft: Some(draft), problems: document.into_problems() }
}

fn read_sources(document: &mut Document<'_>) -> BTreeMap<String, SourceTable> {
    let mut sources = BTreeMap::new();
    for name in document.names(&["source"]) {
        let Some(source) = document.read::<SourceTable>(&["source", &name]) else { continue };
        for message in source.check() {
            document.error(&["source", &name, source.kind()], message);
        }
        sources.insert(name, source);
    }
    sources
}

#[cfg(test)]
mod tests;

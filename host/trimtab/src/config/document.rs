//! A TOML file with the place of everything in it, read so that all problems are found at once.
//!
//! serde stops at the first thing it does not like. So we note it, take the culprit out and read again,
//! until nothing is left to dislike.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::problem::{Problem, Severity};

/// How often one section is read again before we give up on it.
const MOST_PROBLEMS: usize = 100;

/// Keys whose values are secrets, or tell where a secret is.
const SECRET_PLACES: [&str; 6] = ["api-key", "auth", "environment", "headers", "password", "username"];

/// A parsed file and what is wrong with it so far.
pub struct Document<'a> {
    file: PathBuf,
    text: &'a str,
    root: Spanned<DeValue<'a>>,
    problems: Vec<Problem>,
}

impl<'a> Document<'a> {
    /// Parses `text`; what is not TOML is noted with its line.
    pub fn parse(file: &Path, text: &'a str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let root = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
        let mut document = Self { file: file.to_owned(), text, root, problems: Vec::new() };
        for error in errors {
            let line = error.span().map(|span| document.line_of(span.start));
            document.note(Severity::Error, line, "", format!("not valid TOML: {}", one_line(error.message())));
        }
        document
    }

    /// Whether it could be read as TOML at all.
    pub fn is_toml(&self) -> bool {
        self.problems.is_empty()
    }

    /// Names of the tables below `path`, in the order of the alphabet.
    pub fn names(&self, path: &[&str]) -> Vec<String> {
        match self.find(path).map(|(_, value)| value.get_ref()) {
            Some(DeValue::Table(table)) => table.keys().map(|key| key.get_ref().to_string()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether something is written at `path`.
    pub fn has(&self, path: &[&str]) -> bool {
        self.find(path).is_some()
    }

    /// Reads the section at `path`; every problem in it is noted. `None` if nothing useful is left of it.
    pub fn read<T: DeserializeOwned>(&mut self, path: &[&str]) -> Option<T> {
        let (_, found) = self.find(path)?;
        let mut value = found.clone();
        for _ in 0..MOST_PROBLEMS {
            let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(section) => return Some(section),
                Err(error) => error,
            };
            if is_empty(&value) {
                return None; // We emptied it, and have said why.
            }
            let span = error.span().unwrap_or_else(|| value.span());
            let mut key: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
            let removed = remove(&mut value, &span, &mut key);
            let line = Some(self.line_of(span.start));
            self.note(Severity::Error, line, &key.join("."), discreet(&key, &one_line(error.message())));
            if !removed {
                return None;
            }
        }
        None
    }

    /// Notes an error at `path`, or at the nearest table above it that is written down.
    pub fn error(&mut self, path: &[&str], message: impl Into<String>) {
        self.note(Severity::Error, self.nearest_line(path), &path.join("."), message.into());
    }

    /// Notes a warning at `path`.
    pub fn warning(&mut self, path: &[&str], message: impl Into<String>) {
        self.note(Severity::Warning, self.nearest_line(path), &path.join("."), message.into());
    }

    /// Everything noted, in the order of the lines.
    pub fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.line);
        self.problems
    }

    /// Whether an error (not only a warning) was noted.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    fn note(&mut self, severity: Severity, line: Option<usize>, key: &str, message: String) {
        self.problems.push(Problem { severity, file: self.file.clone(), line, key: key.to_owned(), message });
    }

    fn nearest_line(&self, path: &[&str]) -> Option<usize> {
        let span = (0..=path.len()).rev().find_map(|length| self.find(&path[..length]).map(|(span, _)| span))?;
        Some(self.line_of(span.start))
    }

    /// The key's place and the value at `path`. A part may be the index of an array.
    fn find(&self, path: &[&str]) -> Option<(Range<usize>, &Spanned<DeValue<'a>>)> {
        let mut found = (self.root.span(), &self.root);
        for part in path {
            found = match found.1.get_ref() {
                DeValue::Table(table) => {
                    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == part)?;
                    (key.span(), value)
                }
                DeValue::Array(array) => {
                    let value = array.get(part.parse::<usize>().ok()?)?;
                    (value.span(), value)
                }
                _ => return None,
            };
        }
        Some(found)
    }

    fn line_of(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }
}

/// Takes out the innermost entry whose place covers `span`; tables left empty by that go as well.
/// Appends its key to `key`. False if it is the section itself.
fn remove(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>, key: &mut Vec<String>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => {
            let covering = table.iter().find(|(name, value)| covers(&name.span(), span) || holds(value, span));
            let Some(name) = covering.map(|(name, _)| name.clone()) else { return false };
            key.push(name.get_ref().to_string());
            let on_key = covers(&name.span(), span);
            let Some(inner) = table.get_mut(&name) else { return false };
            if on_key || !remove(inner, span, key) || is_empty(inner) {
                table.remove(&name);
            }
            true
        }
        DeValue::Array(array) => {
            let covering = array.iter().position(|value| holds(value, span));
            let Some(index) = covering else { return false };
            key.push(index.to_string());
            let Some(inner) = array.get_mut(index) else { return false };
            let _ = remove(inner, span, key);
            // An array with a hole would move the others: it goes as a whole.
            false
        }
        _ => false,
    }
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Whether `span` lies in the value. Tables written over many lines have the span of their header only.
fn holds(value: &Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    covers(&value.span(), span)
        || match value.get_ref() {
            DeValue::Table(table) => table.iter().any(|(key, value)| covers(&key.span(), span) || holds(value, span)),
            DeValue::Array(array) => array.iter().any(|value| holds(value, span)),
            _ => false,
        }
}

fn is_empty(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Table(table) if table.is_empty())
}

/// What was written where a secret is told of may be the secret: then only what was expected is repeated.
fn discreet(key: &[String], message: &str) -> String {
    let may_be_secret = key.iter().any(|part| SECRET_PLACES.contains(&part.as_str()));
    match message.find("expected ") {
        Some(at) if may_be_secret => format!("{} (what is there is not shown: it may be a secret)", &message[at..]),
        None if may_be_secret => "can't be read; why is not shown, since it may be a secret".to_owned(),
        _ => message.to_owned(),
    }
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

//! What a worker finds in its environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::{env, fmt, fs, io};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Variables of a worker. Values may be secrets: `Debug` shows names only.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Environment(pub BTreeMap<String, String>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Variables of the host that every worker gets, where the host has them. All others may be secrets.
const PASSED: [&str; 5] = ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR"];

/// Variables of the host that tell who it is; given where the worker runs as the same user.
const OWN: [&str; 4] = ["HOME", "USER", "LOGNAME", "SHELL"];

/// What passes from the host to a worker. `as_other`: the worker runs as another user than the host.
pub fn passed(names: &[String], as_other: bool) -> Vec<(OsString, OsString)> {
    let own = if as_other { &[][..] } else { &OWN[..] };
    let fixed = PASSED.iter().chain(own).copied();
    let wanted = fixed.chain(names.iter().map(String::as_str));
    wanted.filter_map(|name| env::var_os(name).map(|value| (name.into(), value))).collect()
}

/// Why an environment file could not be used. Never shows a value.
#[derive(Debug, Error)]
pub enum EnvironmentFileError {
    /// It could not be read.
    #[error("environment file {path}: {error}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A line is not understood.
    #[error("environment file {path}, line {line}: expected KEY=value, a comment (#) or nothing")]
    Line {
        /// Which.
        path: String,
        /// From 1.
        line: usize,
    },
}

/// Reads `KEY=value` lines. Blank lines and those that start with `#` are skipped; one pair of quotes around a
/// value is taken off; nothing is expanded.
pub fn read_file(path: &Path) -> Result<Environment, EnvironmentFileError> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| EnvironmentFileError::Read { path: name.clone(), error })?;
    let mut variables = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let bad_line = || EnvironmentFileError::Line { path: name.clone(), line: index + 1 };
        let (key, value) = line.split_once('=').ok_or_else(bad_line)?;
        if !is_name(key) || value.contains('\0') {
            return Err(bad_line());
        }
        variables.insert(key.to_owned(), unquoted(value).to_owned());
    }
    Ok(Environment(variables))
}

/// Whether `key` can be the name of a variable.
pub fn is_name(key: &str) -> bool {
    !key.is_empty() && !key.contains(['=', '\0']) && !key.contains(char::is_whitespace)
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote).and_then(|rest| rest.strip_suffix(*quote)))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_line_by_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "# who\nUSER_ID=7\n\nQUOTED=\"a b\"\nSINGLE='x=y'\nEMPTY=\n").unwrap();
        let Environment(variables) = read_file(file.path()).unwrap();
        let pairs: Vec<_> = variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("EMPTY", ""), ("QUOTED", "a b"), ("SINGLE", "x=y"), ("USER_ID", "7")]);
    }

    #[test]
    fn a_bad_line_is_named_without_its_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "A=1\nhunter2\n").unwrap();
        let message = read_file(file.path()).unwrap_err().to_string();
        assert!(message.contains("line 2") && !message.contains("hunter2"), "{message}");
    }

    #[test]
    fn debug_hides_values() {
        let environment = Environment([("KEY".to_owned(), "hunter2".to_owned())].into());
        assert_eq!(format!("{environment:?}"), r#"{"KEY"}"#);
    }
}

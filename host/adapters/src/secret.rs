//! Secrets: where they are kept, and how they are kept out of logs.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A secret longer than this is a file named by mistake.
const LONGEST_BYTES: u64 = 64 * 1024;

/// Where a secret is kept. A config never holds the secret itself.
///
/// `{ file = "/etc/trimtab/token" }`, `{ env = "API_TOKEN" }`, or `{ credential = "token" }` for a file in
/// `$CREDENTIALS_DIRECTORY`, as systemd's `LoadCredential=` puts it there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretRef {
    /// The text of a file, without its last line break.
    File(PathBuf),
    /// The value of an environment variable of the host.
    Env(String),
    /// A file in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}

impl SecretRef {
    /// Reads the secret anew. Cheap enough for every request, so that a rotated secret is seen at once.
    pub fn read(&self) -> Result<Secret, SecretError> {
        match self {
            Self::File(path) => read_file(path),
            Self::Env(name) => {
                let text = std::env::var(name).map_err(|_| SecretError::NoVariable { name: name.clone() })?;
                filled(text, &format!("environment variable {name}"))
            }
            Self::Credential(name) => read_file(&credential_path(name)?),
        }
    }
}

fn credential_path(name: &str) -> Result<PathBuf, SecretError> {
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(SecretError::BadCredentialName { name: name.to_owned() });
    }
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY")
        .ok_or_else(|| SecretError::NoVariable { name: "CREDENTIALS_DIRECTORY".to_owned() })?;
    Ok(Path::new(&directory).join(name))
}

fn read_file(path: &Path) -> Result<Secret, SecretError> {
    let unreadable = |source| SecretError::Unreadable { path: path.to_owned(), source };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > LONGEST_BYTES {
        return Err(SecretError::TooLong { path: path.to_owned() });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    filled(line.to_owned(), &format!("file {}", path.display()))
}

fn filled(text: String, place: &str) -> Result<Secret, SecretError> {
    if text.is_empty() { Err(SecretError::Empty { place: place.to_owned() }) } else { Ok(Secret(text)) }
}

/// A secret that was read. It can be used, and not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Why a secret could not be read. Names the place, never the content.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file is not there or not ours to read.
    #[error("secret file {path} can't be read", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file can't be a secret.
    #[error("secret file {path} is longer than 64 KiB", path = path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// The variable is not set, or not text.
    #[error("environment variable {name} is not set (or is not text)")]
    NoVariable {
        /// The variable.
        name: String,
    },
    /// There is nothing in it.
    #[error("the secret in {place} is empty")]
    Empty {
        /// The file or variable.
        place: String,
    },
    /// It would lead out of the credentials directory.
    #[error("credential {name:?} must be a plain file name in $CREDENTIALS_DIRECTORY")]
    BadCredentialName {
        /// What was given.
        name: String,
    },
}

impl SecretError {
    /// The message and its cause in one line.
    pub fn in_one_line(&self) -> String {
        match self {
            Self::Unreadable { source, .. } => format!("{self}: {source}"),
            _ => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret("hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn the_last_line_break_of_a_file_is_no_part_of_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for (text, secret) in [("abc\n", "abc"), ("abc\r\n", "abc"), ("abc", "abc"), (" a b \n", " a b ")] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(SecretRef::File(path.clone()).read().unwrap().expose(), secret);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let missing = SecretRef::File(path.clone()).read().unwrap_err().in_one_line();
        assert!(missing.contains(&path.display().to_string()) && missing.contains("No such file"), "{missing}");
        std::fs::write(&path, "\n").unwrap();
        assert!(SecretRef::File(path).read().unwrap_err().in_one_line().ends_with("is empty"));
        let unset = SecretRef::Env("TRIMTAB_TEST_NOT_SET".to_owned()).read().unwrap_err().in_one_line();
        assert!(unset.contains("TRIMTAB_TEST_NOT_SET"), "{unset}");
    }

    #[test]
    fn a_credential_stays_in_its_directory() {
        for name in ["../shadow", "/etc/shadow", "", ".hidden"] {
            let refusal = SecretRef::Credential(name.to_owned()).read().unwrap_err();
            assert!(matches!(refusal, SecretError::BadCredentialName { .. }), "{name}");
        }
    }

    #[test]
    fn one_key_says_where() {
        let read = |text| serde_json::from_str::<SecretRef>(text).map_err(|error| error.to_string());
        assert_eq!(read(r#"{"env": "TOKEN"}"#), Ok(SecretRef::Env("TOKEN".to_owned())));
        assert!(read(r#"{"vault": "x"}"#).unwrap_err().contains("expected one of `file`, `env`, `credential`"));
        assert!(read(r#""hunter2""#).is_err(), "a secret in the config itself is refused");
    }
}

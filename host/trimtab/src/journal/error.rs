//! Why the journal could not be opened, read or written.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

/// Why the journal could not be opened, read or written. Whoever gets one from `record` holds.
///
/// It can be cloned, because all who wait for one transaction get the same answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JournalError {
    /// A database of something else.
    #[error("{} is a database of something else, not a journal of Trimtab; name another file", path.display())]
    Foreign {
        /// The journal's file.
        path: PathBuf,
    },
    /// Written by a newer version.
    #[error(
        "{} has layout {found} of a newer Trimtab, this one knows up to {known}; run that version or name another file",
        path.display()
    )]
    Newer {
        /// The journal's file.
        path: PathBuf,
        /// Its layout.
        found: i64,
        /// The newest layout that this program knows.
        known: i64,
    },
    /// Another process writes it.
    #[error("{} is in use by another process; each host needs its own journal", path.display())]
    InUse {
        /// The journal's file.
        path: PathBuf,
    },
    /// The file does not make sense.
    #[error(
        "{} is damaged: {detail}; nothing in it was changed: move it away to start afresh, or restore it from a copy",
        path.display()
    )]
    Damaged {
        /// The journal's file.
        path: PathBuf,
        /// What does not make sense.
        detail: String,
    },
    /// The disk is full, or a quota is used up.
    #[error("no room left to write {}: {detail}", path.display())]
    Full {
        /// The journal's file.
        path: PathBuf,
        /// In the words of SQLite.
        detail: String,
    },
    /// Anything else that the file system or SQLite refused.
    #[error("failed to {doing} {}: {detail}", path.display())]
    Failed {
        /// The journal's file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// In the words of the system or SQLite.
        detail: String,
    },
    /// One document is larger than the journal takes.
    #[error("a document of {bytes} bytes is larger than the {limit} that the journal takes")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest size.
        limit: usize,
    },
    /// It was closed, or its thread is gone.
    #[error("the journal {} is closed", path.display())]
    Closed {
        /// The journal's file.
        path: PathBuf,
    },
}

impl JournalError {
    /// One word, for metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "foreign",
            Self::Newer { .. } => "newer",
            Self::InUse { .. } => "in-use",
            Self::Damaged { .. } => "damaged",
            Self::Full { .. } => "full",
            Self::Failed { .. } => "failed",
            Self::TooLarge { .. } => "too-large",
            Self::Closed { .. } => "closed",
        }
    }

    /// What SQLite refused while `doing` something to `path`.
    pub(super) fn of_sqlite(path: &Path, doing: &'static str, error: &rusqlite::Error) -> Self {
        let (path, detail) = (path.to_owned(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged { path, detail },
            Some(ErrorCode::DiskFull) => Self::Full { path, detail },
            _ => Self::Failed { path, doing, detail },
        }
    }

    /// What the file system refused while `doing` something to `path`.
    pub(super) fn of_system(path: &Path, doing: &'static str, error: &std::io::Error) -> Self {
        Self::Failed { path: path.to_owned(), doing, detail: error.to_string() }
    }
}

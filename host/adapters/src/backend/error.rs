//! Why a backend could not be opened.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a backend could not be opened. Nothing was started or stopped.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The name of the target can't be the name of a directory.
    #[error(
        "target {0:?} can't have a directory of its own: its name must not be empty, start with a dot or hold a slash"
    )]
    TargetName(String),
    /// Something in the state directory could not be made or read.
    #[error("{path}", path = path.display())]
    Directory {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another host has it.
    #[error("{path} is locked: another trimtab (or a copy of this one) runs this target", path = path.display())]
    Locked {
        /// The lock.
        path: PathBuf,
    },
    /// The roster can't be understood.
    #[error(
        "{path} is not a roster; replicas may run that only it knows, so nothing is started until it is repaired or \
         (after all of them were stopped by hand) deleted",
        path = path.display()
    )]
    Garbled {
        /// The roster.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// It is of another version.
    #[error("{path} has format {found}, this version knows format {known}", path = path.display())]
    Format {
        /// The roster.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The one that is known.
        known: u32,
    },
    /// `/proc` could not be read.
    #[error("failed to find out which workers still run")]
    Proc(#[source] io::Error),
    /// No HTTP client could be made.
    #[error("failed to make an HTTP client for the probes of workers: {0}")]
    Http(String),
}

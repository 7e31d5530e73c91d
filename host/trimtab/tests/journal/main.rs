//! The journal, on real files.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod damage;
mod documents;
mod killed;
mod reading;
mod retention;
mod size;

use std::path::PathBuf;

use scaling_core::units::Timestamp;
use tempfile::TempDir;
use trimtab::journal::{Journal, JournalSettings, NewEvent, TickRecord};

/// A folder that is removed in the end, and a place for a journal in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    (folder, path)
}

fn open(path: &std::path::Path) -> Journal {
    Journal::open(path, JournalSettings::default()).unwrap()
}

fn tick(target: &str, tick: u64, at: u64, document: &str) -> TickRecord {
    let (target, at, document) = (target.into(), Timestamp(at), document.as_bytes().to_vec());
    TickRecord { target, tick, at, changed: false, document, events: Vec::new() }
}

fn event(target: Option<&str>, at: u64, kind: &str) -> NewEvent {
    let (at, target) = (Timestamp(at), target.map(Into::into));
    NewEvent { at, target, kind: kind.to_owned(), body: format!("{{\"at\":{}}}", at.0) }
}

//! What signals have told and nobody has looked at yet.

use std::collections::BTreeSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Written by whoever reads the signals, which never waits; taken by whoever looks.
#[derive(Debug, Default)]
pub struct Notes {
    open: Mutex<Batch>,
    written: Notify,
}

/// What is to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Units that changed or are gone, by name.
    pub units: BTreeSet<String>,
    /// Signals may have been missed, or the unit files were read anew.
    pub everything: bool,
    /// Links of unit files were made or removed.
    pub files: bool,
    /// systemd began to read its unit files anew, or is done with it.
    pub reloading: Option<bool>,
    /// systemd does not answer.
    pub doubt: bool,
}

impl Notes {
    /// Adds to what is to be looked at.
    pub fn write(&self, note: impl FnOnce(&mut Batch)) {
        note(&mut self.lock());
        self.written.notify_one();
    }

    /// Waits until there is something.
    pub async fn written(&self) {
        self.written.notified().await;
    }

    /// Takes all there is.
    pub fn take(&self) -> Batch {
        mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

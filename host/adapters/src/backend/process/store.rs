//! Where the roster is kept: one file for a target, replaced as a whole, under a lock.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tokio::time::Instant;

use super::checkpoint::{self, Checkpoint};
use super::error::OpenError;
use super::roster::{FORMAT, Roster};

/// How long the lock may be held by one that is just ending.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// The directory of one target, locked as long as this or a copy of it lives.
#[derive(Clone)]
pub struct Store {
    dir: PathBuf,
    checkpoint: Arc<dyn Checkpoint>,
    _lock: Arc<File>,
}

impl Store {
    /// Makes the directory if need be, and waits for its lock.
    ///
    /// A child of a killed host holds the lock until it became the worker (or ended), so that whoever has the lock
    /// sees every process that was started, as what it is.
    pub async fn open(dir: PathBuf, checkpoint: Arc<dyn Checkpoint>) -> Result<Self, OpenError> {
        for part in [dir.clone(), dir.join("log"), dir.join("run")] {
            make_dir(&part).map_err(|source| OpenError::Directory { path: part, source })?;
        }
        let path = dir.join("lock");
        let lock = open_private(&path, OpenOptions::new().create(true).write(true).truncate(false))
            .map_err(|source| OpenError::Directory { path: path.clone(), source })?;
        take_lock(&lock, &path).await?;
        Ok(Self { dir, checkpoint, _lock: Arc::new(lock) })
    }

    /// Reads the roster. `None`: there is none yet. One that can't be understood is an error, never taken for empty.
    pub fn load(&self) -> Result<Option<Roster>, OpenError> {
        let path = self.dir.join("roster.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(OpenError::Directory { path, source }),
        };
        let roster: Roster =
            serde_json::from_slice(&bytes).map_err(|source| OpenError::Garbled { path: path.clone(), source })?;
        if roster.format != FORMAT {
            return Err(OpenError::Format { path, found: roster.format });
        }
        Ok(Some(roster))
    }

    /// Replaces the roster on disk: after a crash there is the old one or the new one. An error means the old one.
    pub fn save(&self, roster: &Roster) -> io::Result<()> {
        let (path, new_path) = (self.dir.join("roster.json"), self.dir.join("roster.json.new"));
        let mut file = open_private(&new_path, OpenOptions::new().create(true).write(true).truncate(true))?;
        file.write_all(&serde_json::to_vec(roster)?)?;
        file.sync_all()?;
        self.checkpoint.reached(checkpoint::ROSTER_WRITTEN);
        fs::rename(&new_path, &path)?;
        if let Err(error) = File::open(&self.dir).and_then(|dir| dir.sync_all()) {
            tracing::warn!(path = %path.display(), %error, "the roster was written, but may be lost in a power cut");
        }
        self.checkpoint.reached(checkpoint::ROSTER_PLACED);
        Ok(())
    }

    /// The log of a slot.
    pub fn log_path(&self, slot: u32) -> PathBuf {
        self.dir.join("log").join(format!("slot-{slot}.log"))
    }

    /// Where the runtime directories are, unless the host gave another place.
    pub fn run_dir(&self) -> PathBuf {
        self.dir.join("run")
    }

    /// The directory itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

async fn take_lock(lock: &File, path: &Path) -> Result<(), OpenError> {
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match flock(lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK) if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(Errno::WOULDBLOCK) => return Err(OpenError::Locked { path: path.to_owned() }),
            Err(error) => return Err(OpenError::Directory { path: path.to_owned(), source: error.into() }),
        }
    }
}

/// Others may pass through to what is theirs, and see nothing on the way.
fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o711).create(path)
}

fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.mode(0o600).open(path)
}

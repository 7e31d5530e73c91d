//! Where the roster is kept: one file for a target, replaced as a whole, under a lock.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use scaling_core::units::TargetName;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::checkpoint::{self, Checkpoint};
use super::error::OpenError;

/// What a backend must remember of its target.
pub trait Roster: Serialize + DeserializeOwned {
    /// The format that this version writes.
    const FORMAT: u32;
    /// The format that it was written in.
    fn format(&self) -> u32;
}

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
        make_dir(&dir).map_err(|source| OpenError::Directory { path: dir.clone(), source })?;
        let path = dir.join("lock");
        let lock = open_private(&path, OpenOptions::new().create(true).write(true).truncate(false))
            .map_err(|source| OpenError::Directory { path: path.clone(), source })?;
        take_lock(&lock, &path).await?;
        Ok(Self { dir, checkpoint, _lock: Arc::new(lock) })
    }

    /// Reads the roster. `None`: there is none yet. One that can't be understood is an error, never taken for empty.
    pub fn load<R: Roster>(&self) -> Result<Option<R>, OpenError> {
        let path = self.dir.join("roster.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(OpenError::Directory { path, source }),
        };
        let roster: R =
            serde_json::from_slice(&bytes).map_err(|source| OpenError::Garbled { path: path.clone(), source })?;
        if roster.format() != R::FORMAT {
            return Err(OpenError::Format { path, found: roster.format(), known: R::FORMAT });
        }
        Ok(Some(roster))
    }

    /// Replaces the roster on disk: after a crash there is the old one or the new one. An error means the old one.
    pub fn save<R: Roster>(&self, roster: &R) -> io::Result<()> {
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

    /// A directory in it, made if need be.
    pub fn subdirectory(&self, name: &str) -> Result<PathBuf, OpenError> {
        let path = self.dir.join(name);
        make_dir(&path).map_err(|source| OpenError::Directory { path: path.clone(), source })?;
        Ok(path)
    }

    /// The directory itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

/// The directory of a target: `STATE-DIR/KIND/TARGET`.
pub fn directory(state_dir: &Path, kind: &str, target: &TargetName) -> Result<PathBuf, OpenError> {
    let name = target.as_str();
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\0']) {
        return Err(OpenError::TargetName(name.to_owned()));
    }
    std::path::absolute(state_dir.join(kind).join(name))
        .map_err(|source| OpenError::Directory { path: state_dir.to_owned(), source })
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

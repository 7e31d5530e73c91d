//! The journal as the rest of the host sees it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use scaling_core::units::TargetName;
use tokio::sync::{mpsc, oneshot, watch};

use super::delta::{LARGEST_DOCUMENT, Packer};
use super::error::JournalError;
use super::reader::Reader;
use super::record::{Digest, EventId, NewEvent, TickRecord};
use super::schema;
use super::settings::JournalSettings;
use super::writer::{Reply, Request, Writer};

/// Requests that may wait; who comes after them waits to ask.
const QUEUE: usize = 4096;

/// Writes the journal. Cheap to clone; the file is released when all clones are gone.
#[derive(Clone, Debug)]
pub struct Journal {
    path: Arc<Path>,
    requests: mpsc::Sender<Request>,
    latest_event: watch::Receiver<EventId>,
}

impl Journal {
    /// Opens the journal at `path`, or begins one there. Blocks for a moment.
    pub fn open(path: &Path, settings: JournalSettings) -> Result<Self, JournalError> {
        prepare_file(path)?;
        let lock = lock(path)?;
        let connection = schema::open_to_write(path, settings.synchronous)?;
        let (requests, mut inbox) = mpsc::channel(QUEUE);
        let (events, latest_event) = watch::channel(EventId::default());
        let writer = Writer::new(path.to_owned(), connection, settings, events)
            .map_err(|error| JournalError::of_sqlite(path, "read", &error))?;
        let run = move || {
            writer.run(&mut inbox);
            drop(lock);
            // Dropped last: `close` waits for it.
            drop(inbox);
        };
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(run);
        thread.map_err(|error| JournalError::of_system(path, "start a thread for", &error))?;
        Ok(Self { path: path.into(), requests, latest_event })
    }

    /// Records a tick; what it decided may be carried out when this has returned `Ok`.
    pub async fn record(&self, tick: TickRecord) -> Result<(), JournalError> {
        check_size(tick.document.len())?;
        self.ask(|reply| Request::Tick(tick, reply)).await
    }

    /// Records that something happened.
    pub async fn note(&self, event: NewEvent) -> Result<EventId, JournalError> {
        self.ask(|reply| Request::Event(event, reply)).await
    }

    /// Stores a document by its content, once however often it is stored, and keeps it at least as long as
    /// this process runs and `max_age` after that.
    pub async fn keep(&self, kind: &str, body: &[u8]) -> Result<Digest, JournalError> {
        check_size(body.len())?;
        let (digest, kind) = (Digest::of(body), kind.to_owned());
        let packed = Packer::new().pack(body, &[]).map(<[u8]>::to_vec).map_err(|detail| JournalError::Failed {
            path: self.path.to_path_buf(),
            doing: "pack a document for",
            detail,
        })?;
        self.ask(|reply| Request::Keep { digest, kind, packed, reply }).await?;
        Ok(digest)
    }

    /// Sets the order (JSON) that stands for a target over restarts, or takes it back.
    pub async fn set_order(&self, target: &TargetName, body: Option<String>) -> Result<(), JournalError> {
        self.ask(|reply| Request::Order { target: target.clone(), body, reply }).await
    }

    /// Forgets the ticks of a target that is no more; its events stay.
    pub async fn forget(&self, target: &TargetName) -> Result<(), JournalError> {
        self.ask(|reply| Request::Forget(target.clone(), reply)).await
    }

    /// Writes what is queued, puts all of it into the one file, and closes it.
    pub async fn close(self) -> Result<(), JournalError> {
        self.ask(Request::Close).await?;
        self.requests.closed().await;
        Ok(())
    }

    /// A reader with a connection of its own.
    pub fn reader(&self) -> Result<Reader, JournalError> {
        Reader::open(&self.path)
    }

    /// Changes whenever an event was recorded: who follows them waits for it and reads what is new.
    pub fn latest_event(&self) -> watch::Receiver<EventId> {
        self.latest_event.clone()
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, JournalError> {
        let closed = || JournalError::Closed { path: self.path.to_path_buf() };
        let (reply, answer) = oneshot::channel();
        self.requests.send(request(reply)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn check_size(bytes: usize) -> Result<(), JournalError> {
    if bytes > LARGEST_DOCUMENT { Err(JournalError::TooLarge { bytes, limit: LARGEST_DOCUMENT }) } else { Ok(()) }
}

/// A new journal is readable by its owner and group only: it holds what the host has seen.
fn prepare_file(path: &Path) -> Result<(), JournalError> {
    let failed = |error| JournalError::of_system(path, "create", &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o640).open(path).map_err(failed)?;
    Ok(())
}

/// Two hosts on one journal would each undo what the other did. The lock is gone with the process.
fn lock(path: &Path) -> Result<File, JournalError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o640).open(PathBuf::from(name));
    let file = file.map_err(|error| JournalError::of_system(path, "lock", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(JournalError::of_system(path, "lock", &error)),
    }
}

//! The one thread that writes. Whatever is queued when it comes round is one transaction.

use std::collections::HashSet;
use std::path::PathBuf;

use rusqlite::Connection;
use scaling_core::units::{TargetName, Timestamp};
use tokio::sync::{mpsc, oneshot, watch};

use super::apply::{Written, apply};
use super::error::JournalError;
use super::record::{Digest, EventId, NewEvent, TickRecord};
use super::retention::Retention;
use super::segments::{Segments, WriteFault};
use super::settings::JournalSettings;

/// Most requests of one transaction.
const MOST_AT_ONCE: usize = 1024;

/// Answered when the transaction is committed.
pub(super) type Reply<T> = oneshot::Sender<Result<T, JournalError>>;

/// What the writer is asked to do.
pub(super) enum Request {
    Tick(TickRecord, Reply<()>),
    Event(NewEvent, Reply<EventId>),
    /// A document, packed by the caller.
    Keep {
        digest: Digest,
        kind: String,
        packed: Vec<u8>,
        reply: Reply<()>,
    },
    Order {
        target: TargetName,
        body: Option<String>,
        reply: Reply<()>,
    },
    Forget(TargetName, Reply<()>),
    Close(Reply<()>),
}

impl Request {
    /// Tells who asked how it went.
    fn answer(self, outcome: Result<(), JournalError>, event: EventId) {
        // Who no longer waits is not told.
        let _gone = match self {
            Self::Event(_, reply) => reply.send(outcome.map(|()| event)).is_err(),
            Self::Tick(_, reply)
            | Self::Forget(_, reply)
            | Self::Close(reply)
            | Self::Keep { reply, .. }
            | Self::Order { reply, .. } => reply.send(outcome).is_err(),
        };
    }
}

/// Owns the connection that writes.
pub(super) struct Writer {
    path: PathBuf,
    connection: Connection,
    /// None after a transaction that failed: what was remembered may be ahead of the file.
    segments: Option<Segments>,
    retention: Retention,
    /// Documents that this process uses: they are not forgotten while it runs.
    held: HashSet<Digest>,
    newest_at: Timestamp,
    latest_event: watch::Sender<EventId>,
}

impl Writer {
    pub fn new(
        path: PathBuf,
        connection: Connection,
        settings: JournalSettings,
        latest_event: watch::Sender<EventId>,
    ) -> rusqlite::Result<Self> {
        let segments = Some(Segments::behind(&connection)?);
        let newest_at: i64 = connection.query_row(
            "SELECT max(coalesce((SELECT max(last_at) FROM segment), 0), coalesce((SELECT max(at) FROM event), 0))",
            [],
            |row| row.get(0),
        )?;
        let latest: i64 = connection.query_row("SELECT coalesce(max(id), 0) FROM event", [], |row| row.get(0))?;
        latest_event.send_replace(EventId(latest));
        let newest_at = Timestamp(newest_at.cast_unsigned());
        let (retention, held) = (Retention::new(settings), HashSet::new());
        Ok(Self { path, connection, segments, retention, held, newest_at, latest_event })
    }

    /// Until all who could ask are gone, or one asks to close.
    pub fn run(mut self, requests: &mut mpsc::Receiver<Request>) {
        let mut batch = Vec::new();
        loop {
            let is_tidy = self.tidy();
            if !is_tidy && requests.is_empty() {
                continue;
            }
            let is_over = requests.blocking_recv_many(&mut batch, MOST_AT_ONCE) == 0;
            if is_over || self.write(&mut batch) {
                return;
            }
        }
    }

    /// One transaction; true if one of the batch was to close. Then the last of the log goes into the file.
    fn write(&mut self, batch: &mut Vec<Request>) -> bool {
        let written = self.transact(batch);
        let (outcome, mut events) = match written {
            Ok(events) => (Ok(()), events.into_iter()),
            Err(fault) => (Err(self.failed(&fault)), Vec::new().into_iter()),
        };
        let closing = batch.iter().any(|request| matches!(request, Request::Close(_)));
        // Closing: all of it into the one file. Full: what the log holds goes there too, and makes room in the log.
        if closing || matches!(outcome, Err(JournalError::Full { .. })) {
            let _best_effort = self.connection.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()));
        }
        for request in batch.drain(..) {
            let event = if matches!(request, Request::Event(..)) { events.next() } else { None };
            request.answer(outcome.clone(), event.unwrap_or_default());
        }
        closing
    }

    /// Writes all of a batch or nothing; the numbers of the events that were asked for by themselves.
    fn transact(&mut self, batch: &mut [Request]) -> Result<Vec<EventId>, WriteFault> {
        let mut segments = match self.segments.take() {
            Some(segments) => segments,
            None => Segments::behind(&self.connection)?,
        };
        let transaction = self.connection.unchecked_transaction()?;
        let mut written = Written { newest_at: self.newest_at, ..Written::default() };
        for request in batch {
            apply(&transaction, &mut segments, request, &mut written)?;
        }
        transaction.commit()?;
        self.segments = Some(segments);
        self.newest_at = written.newest_at;
        self.held.extend(written.kept);
        if let Some(latest) = written.latest {
            self.latest_event.send_replace(latest);
        }
        Ok(written.events)
    }

    /// What those who wait are told.
    fn failed(&self, fault: &WriteFault) -> JournalError {
        match fault {
            WriteFault::Sqlite(error) => JournalError::of_sqlite(&self.path, "write", error),
            WriteFault::Pack(detail) => {
                JournalError::Failed { path: self.path.clone(), doing: "pack a document for", detail: detail.clone() }
            }
        }
    }

    /// Forgets a little of what is too old or too much; false while there is more. A failure is not told to
    /// anybody: what is too old stays a while longer, and a full disk shows itself when a tick is written.
    fn tidy(&mut self) -> bool {
        match self.retention.step(&self.connection, self.newest_at, &self.held) {
            Ok(is_done) => is_done,
            Err(error) => {
                tracing::warn!(journal = %self.path.display(), %error, "failed to forget what is too old");
                true
            }
        }
    }
}

//! Forgetting: whole segments, oldest first, a little at a time, between the transactions that somebody waits for.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension as _, params};
use scaling_core::units::{Timestamp, millis};

use super::record::Digest;
use super::segments::delete_segment;
use super::settings::JournalSettings;

/// Longest that one step keeps a tick waiting, more or less.
const LONGEST_STEP: Duration = Duration::from_millis(4);

/// Between looks for something to forget, on the journal's time.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Events looked at in one step.
const EVENTS_AT_ONCE: i64 = 500;

/// Pages given back to the file system in one step.
const PAGES_AT_ONCE: i64 = 64;

/// Free pages that the file keeps for what comes next: one in so many.
const FREE_SHARE: i64 = 8;

/// Forgets what is too old or too much.
pub(super) struct Retention {
    settings: JournalSettings,
    looked_at: Option<Timestamp>,
    /// Segments as old as this one were forgotten for want of room, and the events go with them.
    made_room_until: Timestamp,
}

/// A segment that may be forgotten.
struct Oldest {
    id: i64,
    newest: i64,
    first_at: Timestamp,
    last_at: Timestamp,
}

impl Retention {
    pub fn new(settings: JournalSettings) -> Self {
        Self { settings, looked_at: None, made_room_until: Timestamp(0) }
    }

    /// Forgets for a few milliseconds at most; true when nothing is left to forget for now.
    pub fn step(&mut self, connection: &Connection, now: Timestamp, held: &HashSet<Digest>) -> rusqlite::Result<bool> {
        if self.looked_at.is_some_and(|looked| now.since(looked) < LOOK_EVERY) {
            return Ok(true);
        }
        let outcome = self.forget(connection, now, held);
        if !matches!(outcome, Ok(false)) {
            self.looked_at = Some(now);
        }
        outcome
    }

    fn forget(&mut self, connection: &Connection, now: Timestamp, held: &HashSet<Digest>) -> rusqlite::Result<bool> {
        let too_old = now.minus(self.settings.max_age);
        let transaction = connection.unchecked_transaction()?;
        let is_done = self.forget_segments(&transaction, too_old)?
            && forget_events(&transaction, too_old.max(self.made_room_until))?;
        if is_done {
            forget_documents(&transaction, now, self.settings.max_age, held)?;
        }
        transaction.commit()?;
        Ok(is_done && give_back(connection)?)
    }

    fn forget_segments(&mut self, connection: &Connection, too_old: Timestamp) -> rusqlite::Result<bool> {
        let began = Instant::now();
        while began.elapsed() < LONGEST_STEP {
            let Some(oldest) = oldest_closed(connection)? else { return Ok(true) };
            if oldest.last_at >= too_old {
                if used_bytes(connection)? <= self.settings.max_bytes {
                    return Ok(true);
                }
                self.made_room_until = self.made_room_until.max(oldest.first_at);
            }
            delete_segment(connection, oldest.id, oldest.newest)?;
        }
        Ok(false)
    }
}

/// The oldest segment that is not the newest of its target.
fn oldest_closed(connection: &Connection) -> rusqlite::Result<Option<Oldest>> {
    let mut oldest = connection.prepare_cached(
        "SELECT id, newest, first_at, last_at FROM segment
         WHERE EXISTS (SELECT 1 FROM segment later WHERE later.target = segment.target AND later.id > segment.id)
         ORDER BY id LIMIT 1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let (first_at, last_at): (i64, i64) = (row.get(2)?, row.get(3)?);
        let (first_at, last_at) = (Timestamp(first_at.cast_unsigned()), Timestamp(last_at.cast_unsigned()));
        Ok(Oldest { id: row.get(0)?, newest: row.get(1)?, first_at, last_at })
    };
    oldest.query_row([], read).optional()
}

/// Events are written in the order of time, nearly: looking at the oldest few is enough.
fn forget_events(connection: &Connection, before: Timestamp) -> rusqlite::Result<bool> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(id) FROM (SELECT id, at FROM event ORDER BY id LIMIT ?1) WHERE at < ?2")?
        .query_row(params![EVENTS_AT_ONCE, before.0.cast_signed()], |row| row.get(0))?;
    let Some(last) = last else { return Ok(true) };
    let forgotten = connection
        .prepare_cached("DELETE FROM event WHERE id <= ?1 AND at < ?2")?
        .execute(params![last, before.0.cast_signed()])?;
    Ok((forgotten as i64) < EVENTS_AT_ONCE)
}

/// Documents that this process holds are in use now; those in use by nothing since `max_age` go.
fn forget_documents(
    connection: &Connection,
    now: Timestamp,
    max_age: Duration,
    held: &HashSet<Digest>,
) -> rusqlite::Result<()> {
    // Written at most once in a sixteenth of the time that it has to prove.
    let stale = now.0.saturating_sub(millis(max_age) / 16);
    let mut touch = connection.prepare_cached("UPDATE document SET used_at = ?2 WHERE digest = ?1 AND used_at < ?3")?;
    for digest in held {
        touch.execute(params![digest.0, now.0.cast_signed(), stale.cast_signed()])?;
    }
    // The last ticks that refer to it may be younger than its last use was noted.
    let unused = now.minus(max_age + max_age / 8).0.cast_signed();
    connection.prepare_cached("DELETE FROM document WHERE used_at < ?1")?.execute([unused])?;
    Ok(())
}

/// Gives pages back if far more are free than will soon be written again; true if not.
fn give_back(connection: &Connection) -> rusqlite::Result<bool> {
    let (free, pages) = (pragma(connection, "freelist_count")?, pragma(connection, "page_count")?);
    if free <= PAGES_AT_ONCE.max(pages / FREE_SHARE) {
        return Ok(true);
    }
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})"))?;
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    Ok(false)
}

/// Bytes of the file that hold something.
pub(super) fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let used = pragma(connection, "page_count")? - pragma(connection, "freelist_count")?;
    Ok((used * pragma(connection, "page_size")?).cast_unsigned())
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

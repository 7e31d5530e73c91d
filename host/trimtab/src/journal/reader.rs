//! Reading, on a connection of its own, so that no reader keeps the writer waiting.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};
use scaling_core::units::{TargetName, Timestamp};

use super::delta::Unpacker;
use super::error::JournalError;
use super::record::{Digest, Document, StoredTick};
use super::schema;
use super::ticks::{Ticks, read_segment};

/// Reads a journal, while its host writes it or after.
pub struct Reader {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
}

/// Which ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Every one.
    All,
    /// By number.
    Numbers(RangeInclusive<u64>),
    /// By time.
    Times(RangeInclusive<Timestamp>),
}

impl Span {
    /// Whether a tick is among them.
    pub fn contains(&self, tick: u64, at: Timestamp) -> bool {
        match self {
            Self::All => true,
            Self::Numbers(numbers) => numbers.contains(&tick),
            Self::Times(times) => times.contains(&at),
        }
    }
}

impl Reader {
    /// Opens the journal at `path` to read. It has to be there.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self { path: path.to_owned(), connection: schema::open_to_read(path)? })
    }

    /// The last tick of a target.
    pub fn last(&self, target: &TargetName) -> Result<Option<StoredTick>, JournalError> {
        let sql =
            "SELECT max(segment.id) FROM segment JOIN target ON target.id = segment.target WHERE target.name = ?1";
        let newest: Option<i64> = self.row(sql, [target.as_str()], |row| row.get(0))?.flatten();
        newest.map_or(Ok(None), |segment| self.last_of_segment(segment))
    }

    /// The time of the newest tick of all.
    pub fn newest(&self) -> Result<Option<Timestamp>, JournalError> {
        let newest: Option<i64> = self.row("SELECT max(last_at) FROM segment", [], |row| row.get(0))?.flatten();
        Ok(newest.map(|at| Timestamp(at.cast_unsigned())))
    }

    /// The last tick of every target that there is one of.
    pub fn last_of_all(&self) -> Result<BTreeMap<TargetName, StoredTick>, JournalError> {
        let sql = "SELECT target.name, max(segment.id) FROM segment JOIN target ON target.id = segment.target
                   GROUP BY segment.target";
        let newest: Vec<(String, i64)> = self.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut last = BTreeMap::new();
        for (name, segment) in newest {
            if let Some(tick) = self.last_of_segment(segment)? {
                last.insert(TargetName(name), tick);
            }
        }
        Ok(last)
    }

    fn last_of_segment(&self, segment: i64) -> Result<Option<StoredTick>, JournalError> {
        Ok(read_segment(self, &mut Unpacker::new(), segment)?.pop())
    }

    /// The ticks of a target in `span`, oldest first. Read a segment at a time: what is forgotten meanwhile is
    /// left out, what is written meanwhile may be in it.
    pub fn ticks(&self, target: &TargetName, span: Span) -> Result<Ticks<'_>, JournalError> {
        Ticks::new(self, target, span)
    }

    /// The targets that have ticks.
    pub fn targets(&self) -> Result<Vec<TargetName>, JournalError> {
        let sql = "SELECT name FROM target WHERE id IN (SELECT target FROM segment) ORDER BY name";
        self.rows(sql, [], |row| row.get(0).map(TargetName))
    }

    /// What a digest stands for.
    pub fn document(&self, digest: Digest) -> Result<Option<Document>, JournalError> {
        let sql = "SELECT kind, body FROM document WHERE digest = ?1";
        let found: Option<(String, Vec<u8>)> = self.row(sql, [digest.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((kind, packed)) = found else { return Ok(None) };
        let unpacked = Unpacker::new().unpack(&packed, &[]);
        let body = unpacked.map_err(|detail| self.damaged(&format!("document {digest}: {detail}")))?;
        if Digest::of(&body) != digest {
            return Err(self.damaged(&format!("document {digest} holds something else")));
        }
        Ok(Some(Document { kind, body }))
    }

    /// The orders that stand, as JSON, by target.
    pub fn orders(&self) -> Result<BTreeMap<TargetName, String>, JournalError> {
        let read = |row: &rusqlite::Row<'_>| Ok((TargetName(row.get(0)?), row.get(1)?));
        Ok(self.rows("SELECT target, body FROM standing_order", [], read)?.into_iter().collect())
    }

    /// Bytes of the file that hold something.
    pub fn used_bytes(&self) -> Result<u64, JournalError> {
        super::retention::used_bytes(&self.connection).map_err(|error| self.failed(&error))
    }

    /// Reads every page of the file and says what is wrong with it. Slow: a gigabyte takes seconds.
    pub fn check(&self) -> Result<(), JournalError> {
        let answer: Option<String> = self.row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        answer.filter(|answer| answer != "ok").map_or(Ok(()), |detail| Err(self.damaged(&detail)))
    }

    pub(super) fn row<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, JournalError> {
        let row = self.connection.prepare_cached(sql).and_then(|mut query| query.query_row(params, read).optional());
        row.map_err(|error| self.failed(&error))
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, JournalError> {
        let rows = self.connection.prepare_cached(sql).and_then(|mut query| query.query_map(params, read)?.collect());
        rows.map_err(|error| self.failed(&error))
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::of_sqlite(&self.path, "read", error)
    }

    pub(super) fn damaged(&self, detail: &str) -> JournalError {
        JournalError::Damaged { path: self.path.clone(), detail: detail.to_owned() }
    }
}

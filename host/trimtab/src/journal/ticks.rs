//! Ticks read back: a segment at a time, followed from its newest row to its first and unpacked from there.

use std::collections::VecDeque;

use rusqlite::params;
use scaling_core::units::{TargetName, Timestamp};

use super::delta::Unpacker;
use super::error::JournalError;
use super::reader::{Reader, Span};
use super::record::StoredTick;

/// The ticks of one target in a span, oldest first.
pub struct Ticks<'r> {
    reader: &'r Reader,
    span: Span,
    unpacker: Unpacker,
    segments: VecDeque<i64>,
    read: VecDeque<StoredTick>,
}

impl<'r> Ticks<'r> {
    pub(super) fn new(reader: &'r Reader, target: &TargetName, span: Span) -> Result<Self, JournalError> {
        let (ticks, times) = match &span {
            Span::All => (0..=u64::MAX, Timestamp(0)..=Timestamp(u64::MAX)),
            Span::Numbers(numbers) => (numbers.clone(), Timestamp(0)..=Timestamp(u64::MAX)),
            Span::Times(times) => (0..=u64::MAX, times.clone()),
        };
        let sql = "SELECT segment.id FROM segment JOIN target ON target.id = segment.target
                   WHERE target.name = ?1 AND last_tick >= ?2 AND first_tick <= ?3 AND last_at >= ?4 AND first_at <= ?5
                   ORDER BY segment.id";
        let ends = [*ticks.start(), *ticks.end(), times.start().0, times.end().0].map(saturated);
        let params = params![target.as_str(), ends[0], ends[1], ends[2], ends[3]];
        let segments = reader.rows(sql, params, |row| row.get(0))?.into();
        Ok(Self { reader, span, unpacker: Unpacker::new(), segments, read: VecDeque::new() })
    }
}

/// SQLite's integers end at 2^63-1, and so do the numbers that a journal holds.
fn saturated(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Iterator for Ticks<'_> {
    type Item = Result<StoredTick, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.read.is_empty() {
            let segment = self.segments.pop_front()?;
            match read_segment(self.reader, &mut self.unpacker, segment) {
                Ok(ticks) => self.read = ticks.into(),
                Err(error) => return Some(Err(error)),
            }
            self.read.retain(|tick| self.span.contains(tick.tick, tick.at));
        }
        self.read.pop_front().map(Ok)
    }
}

/// A row of the table `tick`.
struct Row {
    behind: i64,
    step: i64,
    elapsed: i64,
    changed: bool,
    body: Vec<u8>,
}

/// All ticks of a segment, oldest first; none if it was forgotten meanwhile.
pub(super) fn read_segment(
    reader: &Reader,
    unpacker: &mut Unpacker,
    segment: i64,
) -> Result<Vec<StoredTick>, JournalError> {
    // One transaction: the rows belong to the same moment.
    let transaction = reader.connection.unchecked_transaction().map_err(|error| reader.failed(&error))?;
    let sql = "SELECT first_tick, first_at, newest, ticks FROM segment WHERE id = ?1";
    let head = reader.row(sql, [segment], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
    let Some([first_tick, first_at, newest, count]) = head else { return Ok(Vec::new()) };
    let rows = rows_back_from(reader, segment, newest, count)?;
    drop(transaction);
    unpack(reader, unpacker, segment, [first_tick, first_at], rows)
}

/// The rows of a segment, newest first.
fn rows_back_from(reader: &Reader, segment: i64, newest: i64, count: i64) -> Result<Vec<Row>, JournalError> {
    let sql = "SELECT behind, step, elapsed, changed, body FROM tick WHERE id = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Row {
            behind: row.get(0)?,
            step: row.get(1)?,
            elapsed: row.get(2)?,
            changed: row.get(3)?,
            body: row.get(4)?,
        })
    };
    let (mut rows, mut id) = (Vec::new(), newest);
    for _ in 0..count {
        let row = reader.row(sql, [id], read)?;
        let row = row.ok_or_else(|| reader.damaged(&format!("segment {segment} lacks row {id}")))?;
        id -= row.behind;
        rows.push(row);
    }
    match rows.last() {
        Some(first) if first.behind == 0 => Ok(rows),
        _ => Err(reader.damaged(&format!("segment {segment} does not end after {count} rows"))),
    }
}

fn unpack(
    reader: &Reader,
    unpacker: &mut Unpacker,
    segment: i64,
    [mut tick, mut at]: [i64; 2],
    rows: Vec<Row>,
) -> Result<Vec<StoredTick>, JournalError> {
    let mut ticks: Vec<StoredTick> = Vec::with_capacity(rows.len());
    for row in rows.into_iter().rev() {
        (tick, at) = (tick + row.step, at + row.elapsed);
        let before = ticks.last().map_or(&[][..], |before| &before.document);
        let document = unpacker.unpack(&row.body, before);
        let document =
            document.map_err(|detail| reader.damaged(&format!("segment {segment}, tick {tick}: {detail}")))?;
        let (tick, at) = (tick.cast_unsigned(), Timestamp(at.cast_unsigned()));
        ticks.push(StoredTick { tick, at, changed: row.changed, document });
    }
    Ok(ticks)
}

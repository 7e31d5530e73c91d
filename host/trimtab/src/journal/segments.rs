//! The segments that are being written, one per target, and the statements that write them.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};
use scaling_core::units::{TargetName, Timestamp};

use super::delta::Packer;
use super::record::TickRecord;

/// Ticks of a segment. More would save little and make reading the last one slower.
const LONGEST: u64 = 128;

/// A segment ends after this time too, so that those of slow targets can be forgotten by age.
const LONGEST_MS: u64 = 3_600_000;

/// Why a statement of the writer failed.
pub(super) enum WriteFault {
    /// SQLite refused.
    Sqlite(rusqlite::Error),
    /// The document could not be packed.
    Pack(String),
}

impl From<rusqlite::Error> for WriteFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The end of a segment: what the next tick is stored against.
struct Open {
    id: i64,
    first_at: Timestamp,
    last_tick: u64,
    last_at: Timestamp,
    ticks: u64,
    newest: i64,
    document: Vec<u8>,
}

impl Open {
    fn takes(&self, record: &TickRecord) -> bool {
        let (later, spans) = (record.at.0.checked_sub(self.last_at.0), record.at.0.saturating_sub(self.first_at.0));
        self.ticks < LONGEST && record.tick > self.last_tick && later.is_some() && spans < LONGEST_MS
    }
}

/// What the writer remembers of what it wrote. After a transaction that failed it must be made anew.
pub(super) struct Segments {
    targets: HashMap<TargetName, i64>,
    open: HashMap<i64, Open>,
    next_row: i64,
    packer: Packer,
}

impl Segments {
    /// Begins behind what is in the file; every target begins a new segment.
    pub fn behind(connection: &Connection) -> rusqlite::Result<Self> {
        let next_row = connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM tick", [], |row| row.get(0))?;
        let mut named = connection.prepare("SELECT name, id FROM target")?;
        let pairs = named.query_map([], |row| Ok((TargetName(row.get(0)?), row.get(1)?)))?;
        let targets = pairs.collect::<rusqlite::Result<_>>()?;
        Ok(Self { targets, open: HashMap::new(), next_row, packer: Packer::new() })
    }

    /// The short number of a target; a new one gets the next.
    pub fn target(&mut self, connection: &Connection, name: &TargetName) -> rusqlite::Result<i64> {
        if let Some(id) = self.targets.get(name) {
            return Ok(*id);
        }
        let mut insert = connection.prepare_cached("INSERT INTO target (name) VALUES (?1)")?;
        let id = insert.insert([name.as_str()])?;
        self.targets.insert(name.clone(), id);
        Ok(id)
    }

    /// Writes one tick behind the last of its target, or as the first of a new segment.
    pub fn write(&mut self, connection: &Connection, record: &mut TickRecord) -> Result<(), WriteFault> {
        let target = self.target(connection, &record.target)?;
        match self.open.get(&target) {
            Some(open) if open.takes(record) => self.write_behind(connection, target, record),
            _ => self.write_first(connection, target, record),
        }
    }

    fn write_first(&mut self, connection: &Connection, target: i64, record: &mut TickRecord) -> Result<(), WriteFault> {
        let body = self.packer.pack(&record.document, &[]).map_err(WriteFault::Pack)?;
        let newest = self.next_row;
        insert_tick(connection, newest, [0, 0, 0], record.changed, body)?;
        let mut insert = connection.prepare_cached(
            "INSERT INTO segment (target, first_tick, first_at, last_tick, last_at, ticks, newest)
             VALUES (?1, ?2, ?3, ?2, ?3, 1, ?4)",
        )?;
        let id = insert.insert(params![target, record.tick.cast_signed(), record.at.0.cast_signed(), newest])?;
        self.next_row += 1;
        let document = std::mem::take(&mut record.document);
        let (first_at, last_tick, last_at) = (record.at, record.tick, record.at);
        self.open.insert(target, Open { id, first_at, last_tick, last_at, ticks: 1, newest, document });
        Ok(())
    }

    fn write_behind(
        &mut self,
        connection: &Connection,
        target: i64,
        record: &mut TickRecord,
    ) -> Result<(), WriteFault> {
        let Some(open) = self.open.get_mut(&target) else { return Ok(()) };
        let body = self.packer.pack(&record.document, &open.document).map_err(WriteFault::Pack)?;
        let (tick, at, row) = (record.tick, record.at, self.next_row);
        let (step, elapsed) = ((tick - open.last_tick).cast_signed(), (at.0 - open.last_at.0).cast_signed());
        insert_tick(connection, row, [row - open.newest, step, elapsed], record.changed, body)?;
        let mut update = connection
            .prepare_cached("UPDATE segment SET last_tick = ?2, last_at = ?3, ticks = ?4, newest = ?5 WHERE id = ?1")?;
        open.ticks += 1;
        update.execute(params![open.id, tick.cast_signed(), at.0.cast_signed(), open.ticks.cast_signed(), row])?;
        self.next_row += 1;
        (open.last_tick, open.last_at, open.newest) = (tick, at, row);
        open.document = std::mem::take(&mut record.document);
        Ok(())
    }

    /// Forgets all ticks of a target, and its name if no event needs it.
    pub fn forget(&mut self, connection: &Connection, name: &TargetName) -> rusqlite::Result<()> {
        let Some(target) = self.targets.get(name).copied() else { return Ok(()) };
        self.open.remove(&target);
        let mut oldest = connection.prepare_cached("SELECT id, newest FROM segment WHERE target = ?1 LIMIT 1")?;
        let mut next = || oldest.query_row([target], |row| Ok((row.get(0)?, row.get(1)?))).optional();
        while let Some((id, newest)) = next()? {
            delete_segment(connection, id, newest)?;
        }
        let sql = "DELETE FROM target WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM event WHERE target = ?1)";
        if connection.execute(sql, [target])? > 0 {
            self.targets.remove(name);
        }
        Ok(())
    }
}

fn insert_tick(
    connection: &Connection,
    row: i64,
    [behind, step, elapsed]: [i64; 3],
    changed: bool,
    body: &[u8],
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO tick (id, behind, step, elapsed, changed, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![row, behind, step, elapsed, changed, body])?;
    Ok(())
}

/// Deletes a segment with all its ticks, from the newest back.
pub(super) fn delete_segment(connection: &Connection, id: i64, newest: i64) -> rusqlite::Result<()> {
    let mut behind = connection.prepare_cached("SELECT behind FROM tick WHERE id = ?1")?;
    let mut delete = connection.prepare_cached("DELETE FROM tick WHERE id = ?1")?;
    let mut row = newest;
    loop {
        let step: i64 = behind.query_row([row], |row| row.get(0)).optional()?.unwrap_or(0);
        delete.execute([row])?;
        if step <= 0 {
            break;
        }
        row -= step;
    }
    connection.prepare_cached("DELETE FROM segment WHERE id = ?1")?.execute([id])?;
    Ok(())
}

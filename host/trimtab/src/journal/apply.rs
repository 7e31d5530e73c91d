//! What each request is, in SQL.

use rusqlite::{Connection, params};
use scaling_core::units::{TargetName, Timestamp};

use super::record::{Digest, EventId, NewEvent};
use super::segments::{Segments, WriteFault};
use super::writer::Request;

/// What a transaction will have written once it is committed.
#[derive(Default)]
pub(super) struct Written {
    /// The events that were asked for by themselves, in order.
    pub events: Vec<EventId>,
    /// The last event of all.
    pub latest: Option<EventId>,
    /// The newest time that was seen.
    pub newest_at: Timestamp,
    /// The documents.
    pub kept: Vec<Digest>,
}

/// Writes one request. Takes the document out of a tick.
pub(super) fn apply(
    connection: &Connection,
    segments: &mut Segments,
    request: &mut Request,
    written: &mut Written,
) -> Result<(), WriteFault> {
    match request {
        Request::Tick(record, _) => {
            written.newest_at = written.newest_at.max(record.at);
            segments.write(connection, record)?;
            for event in &record.events {
                written.latest = Some(insert_event(connection, segments, event)?);
            }
        }
        Request::Event(event, _) => {
            written.newest_at = written.newest_at.max(event.at);
            let id = insert_event(connection, segments, event)?;
            written.events.push(id);
            written.latest = Some(id);
        }
        Request::Keep { digest, kind, packed, .. } => {
            insert_document(connection, digest, kind, packed, written.newest_at)?;
            written.kept.push(*digest);
        }
        Request::Order { target, body, .. } => set_order(connection, target, body.as_deref())?,
        Request::Forget(target, _) => segments.forget(connection, target)?,
        Request::Close(_) => {}
    }
    Ok(())
}

fn insert_event(connection: &Connection, segments: &mut Segments, event: &NewEvent) -> rusqlite::Result<EventId> {
    let target = event.target.as_ref().map(|name| segments.target(connection, name)).transpose()?;
    let mut insert = connection.prepare_cached("INSERT INTO event (at, target, kind, body) VALUES (?1, ?2, ?3, ?4)")?;
    insert.insert(params![event.at.0.cast_signed(), target, event.kind, event.body]).map(EventId)
}

/// A document of a journal without a tick is as old as can be: the first tick makes it young (`retention`).
fn insert_document(
    connection: &Connection,
    digest: &Digest,
    kind: &str,
    packed: &[u8],
    used_at: Timestamp,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO document (digest, kind, used_at, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (digest) DO UPDATE SET used_at = max(used_at, excluded.used_at)",
    )?;
    insert.execute(params![digest.0, kind, used_at.0.cast_signed(), packed])?;
    Ok(())
}

fn set_order(connection: &Connection, target: &TargetName, body: Option<&str>) -> rusqlite::Result<()> {
    let Some(body) = body else {
        connection.prepare_cached("DELETE FROM standing_order WHERE target = ?1")?.execute([target.as_str()])?;
        return Ok(());
    };
    let mut set = connection.prepare_cached(
        "INSERT INTO standing_order (target, body) VALUES (?1, ?2)
         ON CONFLICT (target) DO UPDATE SET body = excluded.body",
    )?;
    set.execute([target.as_str(), body])?;
    Ok(())
}

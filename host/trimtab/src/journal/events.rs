//! Events read back.

use rusqlite::params;
use scaling_core::units::{TargetName, Timestamp};

use super::error::JournalError;
use super::reader::Reader;
use super::record::{Event, EventId, NewEvent};

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only of this target.
    pub target: Option<TargetName>,
    /// Only of this kind.
    pub kind: Option<String>,
}

const COLUMNS: &str =
    "SELECT event.id, at, target.name, kind, body FROM event LEFT JOIN target ON target.id = event.target";

impl Reader {
    /// At most `limit` events after `after`, oldest first.
    pub fn events(&self, filter: &EventFilter, after: EventId, limit: u32) -> Result<Vec<Event>, JournalError> {
        self.select(filter, "event.id > ?1", after, "ASC", limit)
    }

    /// The last `limit` events, oldest first.
    pub fn last_events(&self, filter: &EventFilter, limit: u32) -> Result<Vec<Event>, JournalError> {
        let mut events = self.select(filter, "event.id < ?1", EventId(i64::MAX), "DESC", limit)?;
        events.reverse();
        Ok(events)
    }

    fn select(
        &self,
        filter: &EventFilter,
        range: &str,
        end: EventId,
        order: &str,
        limit: u32,
    ) -> Result<Vec<Event>, JournalError> {
        let of_target = if filter.target.is_some() {
            "event.target = (SELECT id FROM target WHERE name = ?2)"
        } else {
            "?2 IS NULL"
        };
        let sql = format!(
            "{COLUMNS} WHERE {range} AND {of_target} AND (?3 IS NULL OR kind = ?3) ORDER BY event.id {order} LIMIT ?4"
        );
        let target = filter.target.as_ref().map(TargetName::as_str);
        self.rows(&sql, params![end.0, target, filter.kind, limit], |row| {
            let at: i64 = row.get(1)?;
            let target: Option<String> = row.get(2)?;
            let (kind, body) = (row.get(3)?, row.get(4)?);
            let event = NewEvent { at: Timestamp(at.cast_unsigned()), target: target.map(TargetName), kind, body };
            Ok(Event { id: EventId(row.get(0)?), event })
        })
    }
}

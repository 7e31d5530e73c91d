//! The tables, and what a file must be to be opened.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::error::JournalError;
use super::settings::Synchronous;

/// Says in a file's header that it is a journal of Trimtab: "TrmJ".
const APPLICATION: i64 = 0x5472_6d4a;

/// Layout of the tables; one higher for every change.
const LAYOUT: i64 = 1;

const TABLES: &str = "
    -- Targets by short numbers.
    CREATE TABLE target (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

    -- A run of ticks of one target. The first stands alone; each later one is stored as what differs from
    -- the one before it. `newest` is the row of its last tick.
    CREATE TABLE segment (
        id INTEGER PRIMARY KEY,
        target INTEGER NOT NULL,
        first_tick INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_tick INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        ticks INTEGER NOT NULL,
        newest INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX segment_of_target ON segment (target, id);

    -- One tick, in the order of writing, so that pages fill to the brim. `behind`: how many rows before this
    -- one the tick before it is, 0 for the first of a segment; `step` and `elapsed`: how much higher and
    -- later it is than that.
    CREATE TABLE tick (
        id INTEGER PRIMARY KEY,
        behind INTEGER NOT NULL,
        step INTEGER NOT NULL,
        elapsed INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT;

    -- What ticks refer to by digest: configs, components, descriptors.
    CREATE TABLE document (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        used_at INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT;

    -- What happened besides.
    CREATE TABLE event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        target INTEGER,
        kind TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_of_target ON event (target, id);

    -- Orders of the operator that stand until taken back.
    CREATE TABLE standing_order (target TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
";

/// The one connection that writes. Makes the tables in a new file.
pub(super) fn open_to_write(path: &Path, synchronous: Synchronous) -> Result<Connection, JournalError> {
    let failed = |error: rusqlite::Error| JournalError::of_sqlite(path, "open", &error);
    let connection = Connection::open(path).map_err(failed)?;
    if is_new(&connection).map_err(failed)? {
        create(&connection).map_err(failed)?;
    }
    check_layout(path, &connection)?;
    let synchronous = match synchronous {
        Synchronous::Normal => "NORMAL",
        Synchronous::Full => "FULL",
    };
    connection.pragma_update(None, "synchronous", synchronous).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A connection that only reads, and never keeps the writer waiting.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, JournalError> {
    let failed = |error: rusqlite::Error| JournalError::of_sqlite(path, "open", &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    check_layout(path, &connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn is_new(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Settings that shape the file come first: once there is a table they can't be changed.
fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", LAYOUT)?;
    transaction.commit()
}

fn check_layout(path: &Path, connection: &Connection) -> Result<(), JournalError> {
    let read = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let failed = |error: rusqlite::Error| JournalError::of_sqlite(path, "open", &error);
    if read("application_id").map_err(failed)? != APPLICATION {
        return Err(JournalError::Foreign { path: path.to_owned() });
    }
    match read("user_version").map_err(failed)? {
        found if found > LAYOUT => Err(JournalError::Newer { path: path.to_owned(), found, known: LAYOUT }),
        _ => Ok(()),
    }
}

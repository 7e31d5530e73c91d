//! The journal: what was seen, what was said, what was decided, before anything is touched.
//!
//! One SQLite file, in WAL mode. One thread writes it; everything that waits when it comes round is one
//! transaction, so a thousand targets at the same moment cost one. [`Journal::record`] returns when that
//! transaction is committed:
//!
//! - **kill -9**, at any point: everything acknowledged is there; what was not is there wholly or not at all.
//! - **power cut**: as [`Synchronous`] says. The file is never damaged by it.
//! - **full disk**: `record` fails, nothing is half written, the host holds and tries at the next tick.
//! - **a damaged file** is refused with what is wrong, and never deleted or repaired unasked.
//!
//! A tick is one JSON document, stored as what differs from the document before it (`delta`), in a
//! segment that begins with a whole one (`segments`). [`Reader`] reads it back byte for byte.
//! Why it is so, and what it costs: RATIONALE.md.

mod apply;
mod delta;
mod error;
mod events;
mod handle;
mod reader;
mod record;
mod retention;
mod schema;
mod segments;
mod settings;
mod ticks;
mod writer;

pub use error::JournalError;
pub use events::EventFilter;
pub use handle::Journal;
pub use reader::{Reader, Span};
pub use record::{Digest, Document, Event, EventId, NewEvent, StoredTick, TickRecord};
pub use settings::{JournalSettings, Synchronous};
pub use ticks::Ticks;

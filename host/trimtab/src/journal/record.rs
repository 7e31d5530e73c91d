//! What goes into the journal and what comes out.

use std::fmt;

use scaling_core::units::{TargetName, Timestamp};

/// One tick of one target, about to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickRecord {
    /// Whose.
    pub target: TargetName,
    /// Its number; higher than that of the tick before.
    pub tick: u64,
    /// When; not before the tick before.
    pub at: Timestamp,
    /// Whether something is to be changed: those ticks are found quickly.
    pub changed: bool,
    /// Canonical JSON of everything about it. What repeats from tick to tick costs nothing as long as it is
    /// written in the same order.
    pub document: Vec<u8>,
    /// Events that belong into the same transaction.
    pub events: Vec<NewEvent>,
}

/// A tick as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTick {
    /// Its number.
    pub tick: u64,
    /// When.
    pub at: Timestamp,
    /// Whether something was to be changed.
    pub changed: bool,
    /// The JSON, byte for byte.
    pub document: Vec<u8>,
}

/// Something that happened: an outcome, an order of the operator, a reload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// When.
    pub at: Timestamp,
    /// To which target; none: to the host.
    pub target: Option<TargetName>,
    /// One word.
    pub kind: String,
    /// JSON.
    pub body: String,
}

/// Counts the events: each is higher than the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub i64);

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// What happened.
    pub event: NewEvent,
}

/// Names a document by its content: BLAKE3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The digest that is written so; none if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text).ok().map(|hash| Self(*hash.as_bytes()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Something that ticks refer to by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// One word: `config`, `component`, `descriptor` ...
    pub kind: String,
    /// The bytes.
    pub body: Vec<u8>,
}

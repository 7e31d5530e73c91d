//! How safe and how long.

use std::time::Duration;

/// What a power cut may take. A kill of the process, however rude, takes nothing that was
/// acknowledged with either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// The operating system writes when it sees fit: a power cut may take the last seconds (all since
    /// the last checkpoint), and never leaves a damaged file. Cheap.
    #[default]
    Normal,
    /// Every transaction is on the disk before it is acknowledged: a power cut takes nothing. One
    /// `fsync` per transaction, which all ticks of that moment share.
    Full,
}

/// How safe the journal is and how much of the past it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalSettings {
    /// What a power cut may take.
    pub synchronous: Synchronous,
    /// Older ticks and events are forgotten. The newest segment of each target stays.
    pub max_age: Duration,
    /// Over this size the oldest ticks and events are forgotten. The newest segment of each target stays,
    /// so very many targets may need more.
    pub max_bytes: u64,
}

impl Default for JournalSettings {
    /// A week, at most 16 GiB, cheap.
    fn default() -> Self {
        Self { synchronous: Synchronous::Normal, max_age: Duration::from_secs(7 * 24 * 3600), max_bytes: 16 << 30 }
    }
}

//! Sources: who answers an indicator query. One verb: ask.

use std::time::Duration;

use async_trait::async_trait;
use scaling_core::observation::{Attribute, Sample, Subject};
use scaling_core::units::Timestamp;
use thiserror::Error;

/// One indicator query, ready to be asked again and again.
#[async_trait]
pub trait Source: Send + Sync {
    /// Asks once. `window` is how far back an answer may usefully reach, for sources that know the past.
    /// The caller bounds the time.
    async fn ask(&self, now: Timestamp, window: Duration) -> Result<Answer, SourceError>;
}

/// What a source answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Readings, one entry for each series. Empty: the source answered and had nothing.
    Readings(Vec<Reading>),
    /// Single jobs: the `jobs.*` event series.
    Jobs(Jobs),
}

/// The newest samples of one series; most sources give one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it describes.
    pub subject: Subject,
    /// Oldest first.
    pub samples: Vec<Sample>,
    /// Labels at the source, sorted by key.
    pub attributes: Vec<Attribute>,
    /// Some of the parts of the aggregate did not answer.
    pub partial: bool,
}

/// Jobs as the contract's `jobs.*` series define them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jobs {
    /// Those that wait now. At: when queued; value: how many.
    pub queued: Vec<Sample>,
    /// Those that run now. At: when taken; value: how many.
    pub running: Vec<Sample>,
    /// Those taken in the window. At: when taken; value: seconds waited.
    pub waited: Vec<Sample>,
    /// Those ended in the window. At: when ended; value: seconds of service.
    pub finished: Vec<Sample>,
}

/// Why a source gave no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SourceError {
    /// It took too long.
    #[error("no answer within {limit_ms} ms")]
    Timeout {
        /// How long it was given.
        limit_ms: u64,
    },
    /// It can't be reached.
    #[error("{0}")]
    Unreachable(String),
    /// It refused us: wrong or missing credentials.
    #[error("{0}")]
    Denied(String),
    /// It answered something that can't be understood.
    #[error("{0}")]
    Garbled(String),
}

impl SourceError {
    /// One word, stable: a metric label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "timeout",
            Self::Unreachable(_) => "unreachable",
            Self::Denied(_) => "denied",
            Self::Garbled(_) => "garbled",
        }
    }
}

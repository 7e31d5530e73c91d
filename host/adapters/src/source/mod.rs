//! Sources: who answers an indicator query. One verb: ask.
//!
//! A [`Connection`] of the config is opened into a [`Link`], which all questions to it share; a
//! [`Question`] over a link is a [`Source`]; a [`Collector`] asks it once for each tick, whoever wants
//! to know, and keeps the window. Whatever goes wrong is an error or nothing, never a zero.

mod address;
mod collector;
mod config;
mod health;
mod http;
pub mod http_json;
mod jobs;
pub mod karton;
mod lives;
pub mod mass;
mod memory;
pub mod prometheus;
pub mod redis;
pub mod rq;
pub mod scrape;
mod subject;
mod window;

use std::time::Duration;

use async_trait::async_trait;
use scaling_core::observation::{Attribute, Sample, Subject};
use scaling_core::units::{Timestamp, Value};
use thiserror::Error;

pub use address::Address;
pub use collector::{Ask, Collector, CollectorSettings, MAX_SAMPLES, MAX_SERIES};
pub use config::{Connection, KindMismatch, Link, Question};
pub use health::{LastError, SourceHealth};
pub use http::{Auth, Headers};
pub use jobs::{JobEvent, Jobs};
pub use window::Window;

/// One indicator query, ready to be asked again and again.
#[async_trait]
pub trait Source: Send + Sync {
    /// Asks once. `window` is how far back an answer may usefully reach, for sources that know the past.
    /// The caller bounds the time.
    async fn ask(&self, now: Timestamp, window: Duration) -> Result<Answer, SourceError>;

    /// Whether it answers with [`Answer::Jobs`]. Constant.
    fn gives_jobs(&self) -> bool {
        false
    }
}

/// What a source answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Readings, one entry for each series. Empty: the source answered and had nothing.
    Readings(Vec<Reading>),
    /// Single jobs: the `jobs.*` event series.
    Jobs(Jobs),
}

impl Answer {
    /// It answered, and had nothing.
    pub fn nothing() -> Self {
        Self::Readings(Vec::new())
    }
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

impl Reading {
    /// One number about the target as a whole.
    pub fn of_target(at: Timestamp, value: Value) -> Self {
        Self { subject: Subject::Target, samples: vec![Sample { at, value }], attributes: Vec::new(), partial: false }
    }
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

impl From<crate::secret::SecretError> for SourceError {
    fn from(error: crate::secret::SecretError) -> Self {
        Self::Denied(error.in_one_line())
    }
}

//! Why nobody can tell how many jobs an instance has.

use thiserror::Error;

use super::command::CommandFailure;
use crate::backend::probe::NoAnswer;
use crate::source::SourceError;

/// Why it is not known how many jobs an instance has in hand.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unknown {
    /// There is no table `jobs`.
    #[error("nothing is configured that could tell its jobs")]
    NotConfigured,
    /// It is new, or not among those that are asked for.
    #[error("its jobs have not been asked for yet")]
    NotAsked,
    /// There was an answer, and none since.
    #[error("the last answer about its jobs is {age_ms} ms old")]
    TooOld {
        /// How old.
        age_ms: u64,
    },
    /// Its file or address gave no number.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// Its command gave no number.
    #[error(transparent)]
    Command(#[from] CommandFailure),
    /// The queue gave no answer.
    #[error("the queue gave no answer: {0}")]
    Source(SourceError),
    /// Karton does not record who has a task.
    #[error("{tasks} running Karton task(s) may be with any instance, so also with this one")]
    Unplaced {
        /// Running tasks of which nobody knows where they are.
        tasks: usize,
    },
    /// A worker that RQ has not heard of.
    #[error("RQ has no sign of life of a worker {0:?}")]
    NoWorker(String),
    /// A worker that is neither idle nor busy nor suspended.
    #[error("RQ's worker {0:?} is neither idle nor busy")]
    NeitherIdleNorBusy(String),
    /// Asking went wrong on our side.
    #[error("{0}")]
    Internal(String),
}

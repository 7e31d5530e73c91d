//! How many jobs each instance has in hand: asked again and again, and told at once to whoever wants to know.
//!
//! Who is busy must not be stopped, so what is not known for certain is not known: no answer, an answer
//! that can't be understood and one that is too old are never zero.

mod ask;
mod board;
mod check;
mod command;
mod config;
mod direct;
mod karton;
mod poll;
mod rq;
mod unknown;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use scaling_core::units::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use self::ask::Asker;
use self::board::Board;
use self::poll::Poll;
use super::template::Instance;
use crate::clock::Clock;
use crate::source::Link;

pub use self::command::CommandFailure;
pub use self::config::{CommandJobs, FileJobs, HttpJobs, JobsConfig, KartonJobs, RqJobs};
pub use self::unknown::Unknown;

/// How many jobs each instance has in hand. Cheap to clone; polling ends with the last clone.
#[derive(Clone, Debug)]
pub struct JobsInHand {
    board: Arc<Board>,
    _polling: Arc<JoinSet<()>>,
}

/// What an instance was last known to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Jobs in hand.
    pub jobs: u32,
    /// When it was asked: what it took since then is not in it.
    pub at: Timestamp,
}

impl JobsInHand {
    /// Nobody can tell.
    pub fn unknown() -> Self {
        Self { board: Arc::new(Board::silent()), _polling: Arc::default() }
    }

    /// Asks for the instances in `wanted`, `every` so often and whenever they change, until it is dropped (or
    /// the sender of `wanted` is). Notifies `changed` whenever the number of an instance is another than before,
    /// is known again or is not known any more.
    ///
    /// `link` is that of the source which [`JobsConfig::source`] names. Runs on the tokio runtime it is called from.
    pub fn watch(
        config: JobsConfig,
        link: Option<Link>,
        clock: Clock,
        wanted: watch::Receiver<BTreeSet<Instance>>,
        changed: Arc<Notify>,
    ) -> Self {
        let board = Arc::new(Board::new(config.longest_age(), changed));
        let asker = Asker::new(&config, link, clock);
        let mut polling = JoinSet::new();
        polling.spawn(Poll { config, asker, board: board.clone(), clock, wanted }.run());
        Self { board, _polling: Arc::new(polling) }
    }

    /// What `instance` has in hand. `None`: that is not known, or was too long ago.
    pub fn of(&self, instance: &Instance, now: Timestamp) -> Option<Reading> {
        self.board.of(instance, now).ok()
    }

    /// Why that is not known, for people. `None`: it is known.
    pub fn why_unknown(&self, instance: &Instance, now: Timestamp) -> Option<Unknown> {
        self.board.of(instance, now).err()
    }
}

//! From config to questions.

use std::collections::BTreeSet;

use super::board::Board;
use super::command::Commands;
use super::config::{JobsConfig, Kind};
use super::direct::{Addresses, Files};
use super::karton::KartonTasks;
use super::rq::RqWorkers;
use super::{Unknown, words};
use crate::backend::systemd::template::Instance;
use crate::backend::this_machine;
use crate::clock::Clock;
use crate::source::Link;

/// Asks about many instances in one round.
pub(super) struct Asker {
    clock: Clock,
    whom: Whom,
}

enum Whom {
    Files(Files),
    Addresses(Addresses),
    Commands(Commands),
    Karton(KartonTasks),
    Rq(RqWorkers),
    Nobody(Unknown),
}

/// A text of the config with placeholders for what is particular to an instance.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: String,
    host: String,
}

impl Asker {
    pub fn new(config: &JobsConfig, link: Option<Link>, clock: Clock) -> Self {
        let patience = config.timeout.get();
        let needs_redis = || Unknown::Internal("the source that tells the jobs is no [source.NAME.redis]".to_owned());
        let whom = match (config.kind(), link) {
            (Err(wrong), _) => Whom::Nobody(Unknown::Internal(wrong)),
            (Ok(Kind::File(it)), _) => Whom::Files(Files::new(it)),
            (Ok(Kind::Http(it)), _) => match Addresses::new(it, patience) {
                Ok(addresses) => Whom::Addresses(addresses),
                Err(error) => Whom::Nobody(Unknown::Internal(error.to_string())),
            },
            (Ok(Kind::Command(it)), _) => Whom::Commands(Commands::new(it, patience)),
            (Ok(Kind::Karton(it)), Some(Link::Redis(link))) => Whom::Karton(KartonTasks::new(it, link, patience)),
            (Ok(Kind::Rq(it)), Some(Link::Redis(link))) => Whom::Rq(RqWorkers::new(it, link, patience)),
            (Ok(Kind::Karton(_) | Kind::Rq(_)), _) => Whom::Nobody(needs_redis()),
        };
        Self { clock, whom }
    }

    /// Asks about each once, and notes the answers as they come.
    pub async fn round(&self, instances: &BTreeSet<Instance>, board: &Board) {
        match &self.whom {
            Whom::Files(files) => files.round(instances, board, self.clock).await,
            Whom::Addresses(addresses) => addresses.round(instances, board, self.clock).await,
            Whom::Commands(commands) => commands.round(instances, board, self.clock).await,
            Whom::Karton(tasks) => tasks.round(instances, board, self.clock).await,
            Whom::Rq(workers) => workers.round(instances, board, self.clock).await,
            Whom::Nobody(why) => note_all(instances, board, self.clock, why),
        }
    }
}

impl Pattern {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), host: this_machine() }
    }

    pub fn of(&self, instance: &Instance) -> String {
        words::fill(&self.text, &[("instance", instance.as_str()), ("host", &self.host)])
    }
}

/// Notes the same of all.
pub(super) fn note_all(instances: &BTreeSet<Instance>, board: &Board, clock: Clock, why: &Unknown) {
    for instance in instances {
        board.note(instance, clock.now(), Err(why.clone()));
    }
}

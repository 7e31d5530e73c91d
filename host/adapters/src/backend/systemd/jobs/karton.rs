//! Jobs in hand by the running tasks of a Karton identity.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use scaling_core::units::{Timestamp, millis};
use tokio::time::timeout;

use super::ask::note_all;
use super::board::Board;
use super::config::KartonJobs;
use super::{Unknown, words};
use crate::backend::systemd::template::Instance;
use crate::clock::Clock;
use crate::source::SourceError;
use crate::source::karton::{StartedTask, started_tasks};
use crate::source::redis::RedisLink;

/// The running tasks of an identity, and who has them.
pub(super) struct KartonTasks {
    config: KartonJobs,
    link: Arc<RedisLink>,
    patience: Duration,
}

/// Who has the running tasks.
#[derive(Debug, Default, PartialEq, Eq)]
struct Placed {
    /// How many tasks each has; none is not listed.
    with: BTreeMap<Instance, u32>,
    /// Tasks that anybody may have.
    unplaced: usize,
}

impl KartonTasks {
    pub fn new(config: &KartonJobs, link: Arc<RedisLink>, patience: Duration) -> Self {
        Self { config: config.clone(), link, patience }
    }

    pub async fn round(&self, instances: &BTreeSet<Instance>, board: &Board, clock: Clock) {
        let at = clock.now();
        let late = |_| Err(SourceError::Timeout { limit_ms: millis(self.patience) });
        match timeout(self.patience, self.placed(at)).await.unwrap_or_else(late) {
            Ok(placed) => {
                for instance in instances {
                    board.note(instance, at, placed.jobs_of(instance));
                }
            }
            Err(error) => note_all(instances, board, clock, &Unknown::Source(error)),
        }
    }

    async fn placed(&self, now: Timestamp) -> Result<Placed, SourceError> {
        let tasks = started_tasks(&self.link, &self.config.identity).await?;
        let places = try_join_all(tasks.iter().map(|task| self.place_of(task))).await?;
        let known = tasks.iter().zip(places).filter(|(task, place)| place.is_some() || !self.is_orphan(task, now));
        Ok(Placed::of(known.map(|(_, place)| place)))
    }

    /// Who has a task, if it can be told.
    async fn place_of(&self, task: &StartedTask) -> Result<Option<Instance>, SourceError> {
        let Some(key) = &self.config.instance_key else { return Ok(None) };
        let key = words::fill(key, &[("task", &task.uid), ("root", &task.root_uid)]);
        Ok(self.link.get(&key).await?.and_then(|number| instance(&number)))
    }

    fn is_orphan(&self, task: &StartedTask, now: Timestamp) -> bool {
        self.config.started_timeout.is_some_and(|limit| now.since(task.since) > limit.get())
    }
}

impl Placed {
    fn of(places: impl Iterator<Item = Option<Instance>>) -> Self {
        let mut placed = Self::default();
        for place in places {
            match place {
                Some(instance) => *placed.with.entry(instance).or_default() += 1,
                None => placed.unplaced += 1,
            }
        }
        placed
    }

    /// An instance has what is known to be with it. Another has nothing only if all tasks are known to be elsewhere.
    fn jobs_of(&self, instance: &Instance) -> Result<u32, Unknown> {
        match (self.with.get(instance), self.unplaced) {
            (Some(jobs), _) => Ok(*jobs),
            (None, 0) => Ok(0),
            (None, tasks) => Err(Unknown::Unplaced { tasks }),
        }
    }
}

/// The instance whose number stands at a key; `None` if it is no number.
fn instance(number: &[u8]) -> Option<Instance> {
    let number = std::str::from_utf8(number).ok()?.trim();
    Instance::try_from(number.to_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(places: &[Option<u32>]) -> [Option<u32>; 3] {
        let placed = Placed::of(places.iter().map(|place| place.map(Instance::number)));
        [1, 2, 3].map(|number| placed.jobs_of(&Instance::number(number)).ok())
    }

    #[test]
    fn without_running_tasks_nobody_has_one() {
        assert_eq!(told(&[]), [Some(0); 3]);
    }

    #[test]
    fn a_task_that_is_elsewhere_is_not_here() {
        assert_eq!(told(&[Some(2)]), [Some(0), Some(1), Some(0)]);
        assert_eq!(told(&[Some(2), Some(2), Some(9)]), [Some(0), Some(2), Some(0)]);
    }

    #[test]
    fn a_task_that_may_be_anywhere_may_be_here() {
        assert_eq!(told(&[None]), [None; 3]);
        assert_eq!(told(&[None, Some(2)]), [None, Some(1), None]);
    }

    #[test]
    fn only_a_number_names_an_instance() {
        assert_eq!(instance(b"7\n"), Some(Instance::number(7)));
        for other in [&b""[..], b"vm-7", b"-7", b"\xff", b"12345678901"] {
            assert_eq!(instance(other), None, "{other:?}");
        }
    }
}

//! From Karton's tasks to the `jobs.*` series.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::Duration;

use redis::Cmd;
use scaling_core::observation::Sample;
use scaling_core::units::{Timestamp, Value};
use tokio::time::Instant;

use super::ask::KartonSource;
use super::census::Census;
use super::presence;
use super::queues;
use super::task::{Status, Task};
use crate::source::lives::Life;
use crate::source::{Jobs, SourceError};

impl KartonSource {
    /// The queues are read before the tasks: what is taken in between is then seen as running, and only
    /// what comes in between is not seen yet.
    pub(super) async fn jobs(&self, now: Timestamp, window: Duration) -> Result<Jobs, SourceError> {
        let commands: Vec<Cmd> = presence::questions(self.identity()).into();
        let presence = self.link.batch(commands).await?;
        let queued = queues::uids(&self.link, &queues::lists(self.identity(), None)).await?;
        let census = self.link.karton.census(&self.link, Instant::now()).await?;
        let running = match self.started(&census, presence, now).await {
            Ok(started) => started.held,
            // Who may not list clients still sees jobs; orphans are among those that run.
            Err(SourceError::Denied(_)) => census.started(self.identity()),
            Err(error) => return Err(error),
        };
        let (queued, missed) = waiting(&census, &queued);
        let (waited, finished) = self.past(&census, now, window);
        Ok(Jobs {
            queued,
            running: running.iter().filter_map(|(_, task)| one(task.since)).collect(),
            waited,
            finished,
            partial: missed || census.is_partial(self.identity()),
        })
    }

    fn past(&self, census: &Census, now: Timestamp, window: Duration) -> (Vec<Sample>, Vec<Sample>) {
        let ours = census.tasks.iter().filter(|(_, task)| task.is_for(self.identity()));
        // A panic elsewhere leaves lives as they were.
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        lives.learn(ours.map(|(uid, task)| (uid.clone(), life(task, census))));
        lives.told(now, window)
    }
}

/// Those of the queues that wait still, and whether there are some without a record.
fn waiting(census: &Census, uids: &BTreeSet<String>) -> (Vec<Sample>, bool) {
    let found: Vec<&Task> = uids.iter().filter_map(|uid| census.tasks.get(uid)).collect();
    let waiting = found.iter().filter(|task| matches!(task.status, Status::Spawned | Status::Declared));
    (waiting.filter_map(|task| one(task.since)).collect(), found.len() < uids.len())
}

fn one(at: Timestamp) -> Option<Sample> {
    Value::new(1.0).map(|value| Sample { at, value })
}

/// What the record alone tells: the time of the last change, and of the routing as long as the task that
/// it was routed from is there (that one is finished by being routed).
fn life(task: &Task, census: &Census) -> Life {
    let routed = || {
        let origin = census.tasks.get(task.orig_uid.as_ref()?)?;
        (origin.status == Status::Finished).then_some(origin.since)
    };
    match task.status {
        Status::Declared | Status::Spawned => Life { queued: Some(task.since), ..Life::default() },
        Status::Started => Life { queued: routed(), taken: Some(task.since), ended: None },
        Status::Finished | Status::Crashed => Life { queued: routed(), taken: None, ended: Some(task.since) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(status: Status, since: u64, receiver: Option<&str>, orig_uid: Option<&str>) -> Task {
        Task {
            root_uid: "r".to_owned(),
            orig_uid: orig_uid.map(str::to_owned),
            receiver: receiver.map(str::to_owned),
            status,
            since: Timestamp(since),
        }
    }

    fn census(tasks: &[(&str, Task)]) -> Census {
        let tasks = tasks.iter().map(|(uid, task)| ((*uid).to_owned(), task.clone())).collect();
        Census { tasks, ..Census::default() }
    }

    #[test]
    fn the_task_that_it_came_from_tells_when_it_was_routed() {
        let census = census(&[
            ("origin", task(Status::Finished, 1000, None, None)),
            ("unrouted", task(Status::Declared, 1000, None, None)),
        ]);
        let of = |status, origin| life(&task(status, 5000, Some("a"), Some(origin)), &census);
        let at = |moment| Some(Timestamp(moment));
        assert_eq!(of(Status::Spawned, "origin"), Life { queued: at(5000), ..Life::default() });
        assert_eq!(of(Status::Started, "origin"), Life { queued: at(1000), taken: at(5000), ended: None });
        assert_eq!(of(Status::Started, "gone"), Life { taken: at(5000), ..Life::default() });
        assert_eq!(of(Status::Started, "unrouted"), Life { taken: at(5000), ..Life::default() });
        assert_eq!(of(Status::Crashed, "origin"), Life { queued: at(1000), taken: None, ended: at(5000) });
    }

    #[test]
    fn what_was_taken_since_the_queue_was_read_does_not_wait() {
        let census = census(&[
            ("waits", task(Status::Spawned, 1000, Some("a"), None)),
            ("taken", task(Status::Started, 2000, Some("a"), None)),
            ("lost", task(Status::Spawned, 500, Some("a"), None)),
        ]);
        let uids = |uids: &[&str]| uids.iter().map(|uid| (*uid).to_owned()).collect();
        let (jobs, missed) = waiting(&census, &uids(&["waits", "taken"]));
        assert_eq!((jobs.len(), jobs[0].at, missed), (1, Timestamp(1000), false), "nor what is in no queue");
        assert!(waiting(&census, &uids(&["waits", "without a record"])).1);
    }
}

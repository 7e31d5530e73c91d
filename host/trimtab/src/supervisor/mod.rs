//! The supervisor: one task for each target, started, stopped and changed as the config changes.
//!
//! The set of targets is fed by whoever knows them: the config now, discovery later. A change of a
//! target's config stops it between two ticks and starts it again with all it remembers; a backend that
//! did not change is kept, so that its workers don't notice. What could not start, or ended unasked, is
//! started again from the journal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scaling_core::controller::Controller;
use scaling_core::orders::Orders;
use scaling_core::units::{TargetName, Timestamp};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

mod assignment;
mod orders;

pub(crate) use assignment::Assignment;
pub use orders::{OrderBook, Page};

use crate::config::{Config, HostConfig};
use crate::events::Event;
use crate::house::House;
use crate::indicators::unanswerable;
use crate::journal::JournalError;
use crate::staff::{self, Left, Post};
use crate::tick;

/// How long a target whose policy can't be used waits until that is tried again.
const POLICY_RETRY: Duration = Duration::from_secs(600);
/// How long a target whose backend can't be opened waits until that is tried again.
const BACKEND_RETRY: Duration = Duration::from_secs(30);

/// Keeps the set of running targets as the config has it.
pub struct Supervisor {
    house: House,
    /// As it was at the start: where the state is does not change while the daemon runs.
    host: HostConfig,
    tracker: TaskTracker,
    assigned: BTreeMap<String, Assignment>,
    running: BTreeMap<String, Running>,
    /// Why targets could not start, so that each reason is told once.
    failed: BTreeMap<String, Failed>,
    orders: OrderBook,
}

struct Failed {
    why: String,
    /// When it is tried again.
    retry: Timestamp,
}

struct Running {
    assignment: Assignment,
    post: Post,
    stop: CancellationToken,
    task: JoinHandle<Controller>,
    /// When a policy that can't be used is tried again; none: it can be used.
    retry: Option<Timestamp>,
}

/// What a reload changed, by target name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// New.
    pub added: Vec<String>,
    /// Gone.
    pub removed: Vec<String>,
    /// Different.
    pub changed: Vec<String>,
}

impl Supervisor {
    /// Nobody runs yet.
    pub fn new(house: House, host: HostConfig) -> Self {
        let (assigned, running, failed) = Default::default();
        Self { house, host, tracker: TaskTracker::new(), assigned, running, failed, orders: OrderBook::default() }
    }

    /// What operators ask of each target.
    pub fn order_book(&self) -> OrderBook {
        self.orders.clone()
    }

    /// Whether the policies of all targets that `config` changes or adds can be used with it; else why not.
    /// Nothing is touched.
    pub async fn would_work(&self, config: &Config) -> Result<(), String> {
        for (name, assignment) in Assignment::all(config) {
            let is_as_before = self.assigned.get(&name).is_some_and(|before| before.is_like(&assignment));
            if is_as_before {
                continue;
            }
            let target = &assignment.target;
            let remembered =
                self.house.journal.reader().and_then(|reader| staff::memory_of(&reader, &target.spec.name));
            let mut memory = remembered.map_err(|error| error.to_string())?;
            let ready = Box::pin(staff::ready_with_state(&self.house, target, &mut memory)).await;
            let ready = ready.map_err(|error| format!("target `{name}`: {error}"))?;
            if let Some(why) = ready.inputs.iter().find_map(|input| unanswerable(target, input)) {
                return Err(format!("target `{name}`: {why}"));
            }
        }
        Ok(())
    }

    /// Makes the running targets those of `config`. What does not differ is not touched.
    pub async fn apply(&mut self, config: &Config) -> Result<Changes, JournalError> {
        let before = std::mem::replace(&mut self.assigned, Assignment::all(config));
        self.failed.values_mut().for_each(|failed| failed.retry = Timestamp(0));
        let mut changes = Changes::default();
        for name in before.keys().filter(|name| !config.targets.contains_key(*name)) {
            self.dismiss(name).await;
            changes.removed.push(name.clone());
        }
        for (name, assignment) in self.assigned.clone() {
            let usable = |running: &&Running| running.retry.is_none() && running.assignment.is_like(&assignment);
            match self.running.get(&name) {
                Some(running) if usable(&running) => {}
                Some(_) => {
                    self.restart(&name, assignment).await?;
                    changes.changed.push(name);
                }
                None if before.contains_key(&name) => changes.changed.push(name),
                None => changes.added.push(name),
            }
        }
        self.tend().await?;
        self.house.collectors.retain(&config.sources);
        Ok(changes)
    }

    /// Starts what should run and does not: what is new, what could not start, what ended unasked, and from
    /// time to time what holds because its policy can't be used.
    pub async fn tend(&mut self) -> Result<(), JournalError> {
        let now = self.house.clock.now();
        let ended = |running: &Running| running.task.is_finished();
        let dead: Vec<String> =
            self.running.iter().filter(|(_, running)| ended(running)).map(|(name, _)| name.clone()).collect();
        for name in dead {
            tracing::error!(
                target = name,
                "the target's task ended unasked, which is a fault of trimtab: starting it again"
            );
            self.running.remove(&name);
        }
        let waiting: Vec<(String, Assignment)> = self
            .running
            .iter()
            .filter(|(_, r)| r.retry.is_some_and(|at| at <= now))
            .map(|(name, r)| (name.clone(), r.assignment.clone()))
            .collect();
        for (name, assignment) in waiting {
            self.restart(&name, assignment).await?;
        }
        self.start_missing().await
    }

    /// Ends all targets between two ticks; waits no longer than `grace`.
    pub async fn shut_down(mut self, grace: Duration) {
        for running in self.running.values() {
            running.stop.cancel();
        }
        self.tracker.close();
        if tokio::time::timeout(grace, self.tracker.wait()).await.is_err() {
            tracing::warn!(?grace, "some ticks did not end in time; they are cut off");
            for (_, running) in std::mem::take(&mut self.running) {
                running.task.abort();
            }
        }
    }

    async fn start_missing(&mut self) -> Result<(), JournalError> {
        let now = self.house.clock.now();
        let waits = |name: &String| self.failed.get(name).is_some_and(|failed| failed.retry > now);
        let missing = |name: &&String| !self.running.contains_key(*name) && !waits(name);
        let names: Vec<String> = self.assigned.keys().filter(missing).cloned().collect();
        if names.is_empty() {
            return Ok(());
        }
        let reader = self.house.journal.reader()?;
        let mut left = staff::left_by_all(&reader)?;
        drop(reader);
        for name in names {
            let Some(assignment) = self.assigned.get(&name).cloned() else { continue };
            let left = left.remove(&TargetName(name.clone())).unwrap_or_default();
            self.start(&name, assignment, left, None).await?;
        }
        Ok(())
    }

    /// The target is no more. Its replicas are nobody's business now, and that is said.
    async fn dismiss(&mut self, name: &str) {
        let stopped = self.stop(name).await;
        let size = stopped.as_ref().and_then(|(_, left)| left.memory.desired).unwrap_or(0);
        if let Some((stopped, _)) = &stopped {
            self.forget_metrics(name, &stopped.assignment);
        }
        if size > 0 {
            tracing::warn!(
                target = name,
                replicas = size,
                "the target was taken out of the config; its replicas go on by themselves"
            );
        }
        self.failed.remove(name);
        self.house.board.remove(name);
        self.orders.remove(name);
    }

    async fn restart(&mut self, name: &str, assignment: Assignment) -> Result<(), JournalError> {
        let Some((old, left)) = self.stop(name).await else { return Ok(()) };
        self.forget_metrics(name, &old.assignment);
        if std::mem::discriminant(&old.assignment.target.backend) != std::mem::discriminant(&assignment.target.backend)
        {
            tracing::warn!(
                target = name,
                "the target has another kind of backend now; what ran on the old one goes on by itself"
            );
        }
        let kept = old.assignment.has_backend_of(&assignment).then_some(old.post);
        self.start(name, assignment, left, kept).await
    }

    /// Stops a target between two ticks. If its task ended badly nothing is returned, and it goes on from
    /// the journal.
    async fn stop(&mut self, name: &str) -> Option<(Stopped, Left)> {
        let running = self.running.remove(name)?;
        running.stop.cancel();
        let memory = running.task.await.ok()?.memory().clone();
        let seen = self.house.board.target(name).and_then(|view| view.observation.clone());
        let series = seen.map(|observation| observation.series.clone()).unwrap_or_default();
        let questions = running.assignment.questions();
        Some((
            Stopped { assignment: running.assignment, post: running.post },
            Left { memory, series, questions, orders: Orders::default() },
        ))
    }

    async fn start(
        &mut self,
        name: &str,
        assignment: Assignment,
        left: Left,
        kept: Option<Post>,
    ) -> Result<(), JournalError> {
        let opened = match kept {
            Some(post) => Ok(post),
            // Large, and rare: on the heap.
            None => Box::pin(staff::open_post(&self.house, &self.host, &assignment)).await,
        };
        let post = match opened {
            Ok(post) => post,
            Err(error) => return self.tell_failure(name, error).await,
        };
        self.failed.remove(name);
        let orders = self.open_page(name, &assignment, &post, &left);
        let hired = Box::pin(staff::hire(&self.house, &assignment, &post, orders, left)).await;
        let retry = hired.world.policies.iter().any(|policy| policy.ready.is_err());
        let retry = retry.then(|| self.house.clock.now().plus(POLICY_RETRY));
        let stop = CancellationToken::new();
        let task = self.tracker.spawn(tick::keep(hired.controller, hired.world, stop.clone()));
        self.running.insert(name.to_owned(), Running { assignment, post, stop, task, retry });
        Ok(())
    }

    /// Orders stay the same thing over a restart of the target, so that none given meanwhile is lost.
    fn open_page(&self, name: &str, assignment: &Assignment, post: &Post, left: &Left) -> Arc<Mutex<Orders>> {
        let (orders, changing) = match self.orders.page(name) {
            Some(page) => (page.orders, page.changing),
            None => (Arc::new(Mutex::new(left.orders.clone())), Arc::default()),
        };
        let bounds = assignment.target.spec.bounds;
        self.orders.put(name, Page { orders: orders.clone(), changing, nudge: post.nudge.clone(), bounds });
        orders
    }

    fn forget_metrics(&self, name: &str, old: &Assignment) {
        let target = &old.target;
        self.house.metrics.forget(name, &target.policy.component.to_string(), target.indicators.keys());
    }

    async fn tell_failure(&mut self, name: &str, error: String) -> Result<(), JournalError> {
        let retry = self.house.clock.now().plus(BACKEND_RETRY);
        let before = self.failed.insert(name.to_owned(), Failed { why: error.clone(), retry });
        if before.is_none_or(|before| before.why != error) {
            tracing::error!(
                target = name,
                error,
                "the backend can't be opened; it is tried again, and the others go on"
            );
            let event = Event::said(Some(name), self.house.clock.now(), "start-failed", &error);
            self.house.journal.note(event.into_new()).await?;
        }
        let view = crate::board::TargetView { blind: Some(error), ..Default::default() };
        self.house.board.put(name, view);
        Ok(())
    }
}

struct Stopped {
    assignment: Assignment,
    post: Post,
}

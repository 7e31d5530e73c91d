//! The supervisor: one task for each target, started, stopped and changed as the config changes.
//!
//! The set of targets is fed by whoever knows them: the config now, discovery later. A change of a
//! target's config stops it between two ticks and starts it again with all it remembers; a backend that
//! did not change is kept, so that its workers don't notice.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scaling_core::controller::Controller;
use scaling_core::orders::Orders;
use scaling_core::units::TargetName;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::tables::SourceTable;
use crate::config::{Config, TargetConfig};
use crate::events::Event;
use crate::house::House;
use crate::journal::JournalError;
use crate::lock::lock;
use crate::staff::{self, Left, Post};
use crate::tick;

/// Targets tick this far apart within an interval, so that they don't all wake at once.
const PHASE_STEP: Duration = Duration::from_millis(1);

/// Keeps the set of running targets as the config has it.
pub struct Supervisor {
    house: House,
    tracker: TaskTracker,
    running: BTreeMap<String, Running>,
    orders: OrderBook,
}

struct Running {
    config: TargetConfig,
    sources: BTreeMap<String, SourceTable>,
    post: Post,
    stop: CancellationToken,
    task: JoinHandle<Controller>,
}

/// What operators ask of each target; shared with the command socket.
#[derive(Clone, Default)]
pub struct OrderBook {
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
}

/// The orders of one target, and how to wake it.
#[derive(Clone)]
pub struct Page {
    /// What is asked of it.
    pub orders: Arc<Mutex<Orders>>,
    /// Wakes a tick early.
    pub nudge: Arc<Notify>,
    /// Its bounds, to refuse a size outside them at once.
    pub bounds: scaling_core::observation::Bounds,
}

impl OrderBook {
    /// The page of a target.
    pub fn page(&self, target: &str) -> Option<Page> {
        lock(&self.pages).get(target).cloned()
    }

    /// Names of all targets.
    pub fn names(&self) -> Vec<String> {
        lock(&self.pages).keys().cloned().collect()
    }
}

impl Supervisor {
    /// Nobody runs yet.
    pub fn new(house: House) -> Self {
        Self { house, tracker: TaskTracker::new(), running: BTreeMap::new(), orders: OrderBook::default() }
    }

    /// What operators ask of each target.
    pub fn order_book(&self) -> OrderBook {
        self.orders.clone()
    }

    /// Makes the running targets those of `config`. What does not differ is not touched.
    pub async fn apply(&mut self, config: &Config) -> Result<Changes, JournalError> {
        let mut changes = Changes::default();
        let gone: Vec<String> =
            self.running.keys().filter(|name| !config.targets.contains_key(*name)).cloned().collect();
        for name in gone {
            self.stop(&name).await;
            self.house.board.remove(&name);
            self.house.metrics.forget(&name);
            lock(&self.orders.pages).remove(&name);
            changes.removed.push(name);
        }
        let mut left = self.left_by_earlier_runs(config)?;
        for (index, (name, target)) in config.targets.iter().enumerate() {
            let phase = PHASE_STEP * u32::try_from(index).unwrap_or(u32::MAX);
            let sources = sources_of(target, &config.sources);
            match self.running.get(name) {
                Some(running) if running.config == *target && running.sources == sources => {}
                Some(_) => {
                    self.restart(name, target, sources, config, phase).await?;
                    changes.changed.push(name.clone());
                }
                None => {
                    let left = left.remove(&target.spec.name).unwrap_or_default();
                    self.start(name, target, sources, config, phase, left, None).await?;
                    changes.added.push(name.clone());
                }
            }
        }
        Ok(changes)
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

    async fn restart(
        &mut self,
        name: &str,
        target: &TargetConfig,
        sources: BTreeMap<String, SourceTable>,
        config: &Config,
        phase: Duration,
    ) -> Result<(), JournalError> {
        let Some((old, memory)) = self.stop(name).await else { return Ok(()) };
        let kept = (old.config.backend == target.backend).then_some(old.post);
        let orders = self.orders.page(name).map(|page| lock(&page.orders).clone()).unwrap_or_default();
        let seen = self.house.board.target(name).and_then(|view| view.observation.clone());
        let series = seen.map(|observation| observation.series.clone()).unwrap_or_default();
        let left = Left { memory, series, orders };
        self.start(name, target, sources, config, phase, left, kept).await
    }

    async fn stop(&mut self, name: &str) -> Option<(Stopped, scaling_core::memory::Memory)> {
        let running = self.running.remove(name)?;
        running.stop.cancel();
        let memory = running.task.await.map(|controller| controller.memory().clone()).unwrap_or_default();
        Some((Stopped { config: running.config, post: running.post }, memory))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one thing that a start needs, and there is one caller for each kind"
    )]
    async fn start(
        &mut self,
        name: &str,
        target: &TargetConfig,
        sources: BTreeMap<String, SourceTable>,
        config: &Config,
        phase: Duration,
        left: Left,
        kept: Option<Post>,
    ) -> Result<(), JournalError> {
        let post = match kept {
            Some(post) => post,
            None => match staff::open_post(&self.house, &config.host, target).await {
                Ok(post) => post,
                Err(error) => {
                    tracing::error!(target = name, error, "the backend can't be opened; the others go on");
                    self.note_start_failure(name, &error).await?;
                    return Ok(());
                }
            },
        };
        let orders = Arc::new(Mutex::new(left.orders.clone()));
        let page = Page { orders: orders.clone(), nudge: post.nudge.clone(), bounds: target.spec.bounds };
        lock(&self.orders.pages).insert(name.to_owned(), page);
        let hired = staff::hire(&self.house, target, &sources, &post, orders, phase, left).await;
        let stop = CancellationToken::new();
        let task = self.tracker.spawn(tick::keep(hired.controller, hired.world, stop.clone()));
        self.running.insert(name.to_owned(), Running { config: target.clone(), sources, post, stop, task });
        Ok(())
    }

    /// Read once, and only if a target is new.
    fn left_by_earlier_runs(&self, config: &Config) -> Result<BTreeMap<TargetName, Left>, JournalError> {
        if config.targets.keys().all(|name| self.running.contains_key(name)) {
            return Ok(BTreeMap::new());
        }
        staff::left_by_all(&self.house.journal.reader()?)
    }

    async fn note_start_failure(&self, name: &str, error: &str) -> Result<(), JournalError> {
        let event = Event::said(Some(name), self.house.clock.now(), "start-failed", error);
        self.house.journal.note(event.into_new()).await?;
        let view = crate::board::TargetView { blind: Some(error.to_owned()), ..Default::default() };
        self.house.board.put(name, view);
        Ok(())
    }
}

struct Stopped {
    config: TargetConfig,
    post: Post,
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

/// The connections that this target uses: only a change of these concerns it.
fn sources_of(target: &TargetConfig, all: &BTreeMap<String, SourceTable>) -> BTreeMap<String, SourceTable> {
    let questions = target.indicators.values().filter_map(crate::config::tables::IndicatorTable::question);
    let names: std::collections::BTreeSet<String> = questions.map(|question| question.source().to_owned()).collect();
    all.iter().filter(|(name, _)| names.contains(*name)).map(|(name, table)| (name.clone(), table.clone())).collect()
}

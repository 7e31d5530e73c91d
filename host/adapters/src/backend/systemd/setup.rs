//! Opens a backend: lock, roster, bus, supervisor.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use scaling_core::units::{AgentId, TargetName};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

use super::SystemdBackend;
use super::bus::Bus;
use super::config::SystemdConfig;
use super::hands::Hands;
use super::intake::Intakes;
use super::jobs::JobsInHand;
use super::look::Remembered;
use super::order::Rules;
use super::report::View;
use super::roster::Roster;
use super::supervisor::{Setbacks, Supervisor};
use super::under_way::UnderWay;
use super::usage::{Usages, keep_reading};
use crate::backend::blocking::blocking;
use crate::backend::bulletin::Bulletin;
use crate::backend::checkpoint::{Checkpoint, NoCheckpoint};
use crate::backend::order::Limits;
use crate::backend::platform::Machine;
use crate::backend::store::{self, Store};
use crate::backend::{OpenError, this_machine};
use crate::clock::Clock;
use crate::source::Link;

/// How many orders may wait for the supervisor.
const ORDERS: usize = 16;

/// What a backend is made of.
pub struct Setup {
    /// The target whose replicas these are.
    pub target: TargetName,
    /// Which instances, and how.
    pub config: SystemdConfig,
    /// The state directory of the host; the backend keeps to `systemd/TARGET/` in it.
    pub state_dir: PathBuf,
    /// Tells the time.
    pub clock: Clock,
    /// Is notified when something changed.
    pub nudge: Arc<Notify>,
    /// Is told of every step.
    pub checkpoint: Arc<dyn Checkpoint>,
    /// The source that the jobs in hand are read from, if the config names one.
    pub link: Option<Link>,
}

impl Setup {
    /// The usual one.
    pub fn new(target: TargetName, config: SystemdConfig, state_dir: PathBuf, clock: Clock) -> Self {
        let (nudge, checkpoint) = (Arc::new(Notify::new()), Arc::new(NoCheckpoint));
        Self { target, config, state_dir, clock, nudge, checkpoint, link: None }
    }

    /// With something to notify when there is a change to see.
    #[must_use]
    pub fn nudging(self, nudge: Arc<Notify>) -> Self {
        Self { nudge, ..self }
    }

    /// With something to tell every step.
    #[must_use]
    pub fn telling(self, checkpoint: Arc<dyn Checkpoint>) -> Self {
        Self { checkpoint, ..self }
    }

    /// With the source that the jobs in hand are read from.
    #[must_use]
    pub fn reading(self, link: Option<Link>) -> Self {
        Self { link, ..self }
    }
}

/// See [`SystemdBackend::open`].
pub(super) async fn open(setup: Setup) -> Result<SystemdBackend, OpenError> {
    let dir = store::directory(&setup.state_dir, "systemd", &setup.target)?;
    let store = Store::open(dir, setup.checkpoint.clone()).await?;
    let state_dir = store.dir().to_owned();
    let reader = store.clone();
    let roster: Option<Roster> = blocking(move || reader.load()).await?;

    let config = Arc::new(setup.config);
    let on_disk = roster.clone();
    let roster = roster.and_then(|roster| roster.only_of(&config.template));
    let agent = AgentId(config.agent.clone().unwrap_or_else(this_machine));
    let bus = Bus::of(&config.bus, config.timeout.get());
    let sights = bus.follow(&config.template);
    let (asked, wanted) = watch::channel(BTreeSet::new());
    let jobs_changed = Arc::new(Notify::new());
    let jobs = match config.jobs.clone() {
        Some(table) => JobsInHand::watch(table, setup.link, setup.clock, wanted, jobs_changed.clone()),
        None => JobsInHand::unknown(),
    };
    let (order_sender, orders) = mpsc::channel(ORDERS);
    let (view_sender, view) = watch::channel(Arc::new(View::blind(&sights.borrow(), &View::default())));
    let bulletin = Bulletin::default();
    let limits = Limits { agent: agent.clone(), replica_limit: config.replica_limit };
    let supervisor = Supervisor {
        hands: Hands { config: config.clone(), bus: bus.clone() },
        rules: Rules { template: config.template.clone(), numbering: config.numbering, limits },
        sights,
        jobs: jobs.clone(),
        jobs_changed,
        asked,
        store,
        clock: setup.clock,
        nudge: setup.nudge,
        view: view_sender,
        bulletin: bulletin.clone(),
        on_disk,
        roster,
        save_again: None,
        remembered: Remembered::default(),
        under_way: UnderWay::default(),
        intakes: Intakes::default(),
        enabling: false,
        setbacks: Setbacks::default(),
        steps: JoinSet::new(),
        orders,
    };
    let usages = Usages::default();
    let mut tasks = JoinSet::new();
    tasks.spawn(supervisor.run());
    tasks.spawn(keep_reading(config.clone(), bus.clone(), setup.clock, view.clone(), usages.clone()));
    let machine = Arc::new(Mutex::new(Machine::default()));
    let target = setup.target;
    Ok(SystemdBackend {
        target,
        config,
        agent,
        bus,
        view,
        bulletin,
        orders: order_sender,
        jobs,
        usages,
        machine,
        state_dir,
        _tasks: tasks,
    })
}

//! Opens a backend: lock, roster, what still runs, supervisor.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use scaling_core::units::{AgentId, TargetName};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::boot::Boot;
use super::config::ProcessConfig;
use super::order::Rules;
use super::place::Place;
use super::probe::Probes;
use super::roster::{Roster, Start};
use super::status::Measures;
use super::supervisor::Supervisor;
use super::worker::Worker;
use super::{ProcessBackend, adopt};
use crate::backend::blocking::blocking;
use crate::backend::bulletin::Bulletin;
use crate::backend::checkpoint::{Checkpoint, NoCheckpoint};
use crate::backend::error::OpenError;
use crate::backend::order::Limits;
use crate::backend::store::{self, Store};
use crate::backend::this_machine;
use crate::clock::Clock;

/// How many events may wait for the supervisor.
const EVENTS: usize = 256;

/// What a backend is made of.
pub struct Setup {
    /// The target whose workers these are.
    pub target: TargetName,
    /// How they are run.
    pub config: ProcessConfig,
    /// The state directory of the host; the backend keeps to `process/TARGET/` in it.
    pub state_dir: PathBuf,
    /// Where each replica gets a directory of its own. `process/TARGET/run/` in the state directory if not given;
    /// another place is needed if workers run as a user who can't reach that.
    pub runtime_dir: Option<PathBuf>,
    /// Tells the time.
    pub clock: Clock,
    /// Is notified when something changed.
    pub nudge: Arc<Notify>,
    /// Is told of every step.
    pub checkpoint: Arc<dyn Checkpoint>,
}

impl Setup {
    /// The usual one.
    pub fn new(target: TargetName, config: ProcessConfig, state_dir: PathBuf, clock: Clock) -> Self {
        let (nudge, checkpoint) = (Arc::new(Notify::new()), Arc::new(NoCheckpoint));
        Self { target, config, state_dir, runtime_dir: None, clock, nudge, checkpoint }
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
}

/// See [`ProcessBackend::open`].
pub(super) async fn open(setup: Setup) -> Result<ProcessBackend, OpenError> {
    let dir = store::directory(&setup.state_dir, "process", &setup.target)?;
    let store = Store::open(dir, setup.checkpoint.clone()).await?;
    let config = Arc::new(setup.config);
    let probes = Probes::new(config.clone(), setup.clock)?;
    let boot = Boot::current(&setup.clock).map_err(OpenError::Proc)?;
    store.subdirectory("log")?;
    let own_runtime_dir = store.subdirectory("run")?;
    let runtime_dir = setup.runtime_dir.unwrap_or(own_runtime_dir);
    let place = Place { config: config.clone(), target: setup.target.clone(), runtime_dir };
    let agent = AgentId(config.agent.clone().unwrap_or_else(this_machine));
    let limits = Limits { agent: agent.clone(), replica_limit: config.replica_limit };
    let rules = Rules { target: setup.target, limits };

    let (on_disk, roster, workers) = take_over(store.clone(), config, boot.clone()).await?;
    let (sender, events) = mpsc::channel(EVENTS);
    let (view_sender, view) = watch::channel(Arc::default());
    let state_dir = store.dir().to_owned();
    let bulletin = Bulletin::default();
    let mut supervisor = Supervisor {
        place: place.clone(),
        rules,
        store,
        boot,
        probes,
        checkpoint: setup.checkpoint,
        nudge: setup.nudge,
        view: view_sender,
        bulletin: bulletin.clone(),
        roster,
        on_disk,
        save_again: None,
        live: HashMap::new(),
        sender: sender.clone(),
        events,
        watches: JoinSet::new(),
    };
    for (start, worker) in workers {
        supervisor.watch(start, worker);
    }
    supervisor.publish();
    let mut task = JoinSet::new();
    task.spawn(supervisor.run());
    let measures = Arc::new(Mutex::new(Measures::default()));
    Ok(ProcessBackend {
        place,
        agent,
        state_dir,
        view,
        orders: sender,
        measures,
        bulletin,
        reading: Arc::new(Semaphore::new(1)),
        _supervisor: task,
    })
}

type TakenOver = (Roster, Roster, HashMap<Start, Worker>);

/// The roster as it is on disk, the roster as it is in truth, and the workers that still run.
async fn take_over(store: Store, config: Arc<ProcessConfig>, boot: Boot) -> Result<TakenOver, OpenError> {
    blocking(move || {
        let on_disk = match store.load()? {
            Some(roster) => roster,
            None => Roster::new(salt().map_err(OpenError::Proc)?, boot.id.clone()),
        };
        let mut roster = on_disk.clone();
        let workers = adopt::adopt(&mut roster, &store, &config, &boot).map_err(OpenError::Proc)?;
        Ok((on_disk, roster, workers))
    })
    .await
}

fn salt() -> std::io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/uuid")?.trim().to_owned())
}

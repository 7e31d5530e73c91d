//! Backend `process`: workers on this machine, each a process of its own.
//!
//! What must run stands in a [`roster`] on disk before it is done; one [`supervisor`] task owns it and does what it
//! says ([`tend`]). After a crash of the host at any instant a new backend finds every worker again ([`adopt`]):
//! nothing is lost or started twice. Workers outlive the host. RATIONALE.md tells why it is built so.

mod adopt;
mod boot;
mod check;
pub mod config;
pub mod environment;
mod order;
mod place;
mod probe;
mod procfs;
mod report;
mod roster;
mod setup;
mod spawn;
mod status;
pub mod stop;
mod supervisor;
mod tend;
mod usage;
mod user;
mod words;
mod worker;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use scaling_core::status::{Order, TargetStatus};
use scaling_core::units::{AgentId, Timestamp, millis};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use self::config::ProcessConfig;
pub use self::setup::Setup;
pub use super::checkpoint::{self, Checkpoint};
pub use super::error::OpenError;

use self::place::Place;
use self::report::View;
use self::status::Measures;
use self::supervisor::Event;
use super::bulletin::Bulletin;
use super::hand_over::{ended, hand_over};
use super::{Backend, BackendError};

/// How long reading `/proc` may take.
const OBSERVE_PATIENCE: Duration = Duration::from_secs(2);

/// The workers of one target on this machine.
///
/// Dropping it ends the supervision and leaves the workers running; whoever opens the same state directory next
/// takes them over.
pub struct ProcessBackend {
    place: Place,
    agent: AgentId,
    state_dir: PathBuf,
    view: watch::Receiver<Arc<View>>,
    orders: mpsc::Sender<Event>,
    measures: Arc<Mutex<Measures>>,
    bulletin: Bulletin,
    /// One reading at a time.
    reading: Arc<Semaphore>,
    /// Holds the supervisor; it ends with the backend.
    _supervisor: JoinSet<()>,
}

impl ProcessBackend {
    /// Reads the roster of the target, takes over the workers that still run, and begins to supervise.
    ///
    /// Fails, with nothing touched, if the roster can't be read or another host has it.
    pub async fn open(setup: Setup) -> Result<Self, OpenError> {
        setup::open(setup).await
    }
}

#[async_trait]
impl Backend for ProcessBackend {
    async fn observe(&self, now: Timestamp) -> Result<TargetStatus, BackendError> {
        if self.orders.is_closed() {
            return Err(ended(&self.place.target));
        }
        let late = || BackendError::Timeout {
            what: format!("reading /proc of target {}", self.place.target),
            limit_ms: millis(OBSERVE_PATIENCE),
        };
        // A reading that hangs (a dead mount) must not gather others behind it.
        let permit = self.reading.clone().try_acquire_owned().map_err(|_| late())?;
        let reading = self.read_status(now, permit);
        timeout(OBSERVE_PATIENCE, reading).await.map_err(|_| late())
    }

    async fn carry_out(&self, order: &Order) -> Result<(), BackendError> {
        hand_over(order, &self.place.target, &self.orders, Event::Order).await
    }
}

//! Backend `systemd`: numbered instances of a template unit, on this machine's systemd.
//!
//! Which instances must run stands in a [`roster`] on disk before anything is done; one [`supervisor`] task owns it,
//! compares it with what the [`bus`] shows ([`look`]), and does what is missing ([`plan`], [`hands`]). Whatever
//! happens to the host, to systemd or to the machine, it comes down to that comparison. RATIONALE.md tells why.

mod boot_tries;
pub mod bus;
mod check;
mod command;
pub mod config;
mod drift;
pub mod enable_helper;
mod finish;
mod hands;
mod health;
mod intake;
pub mod jobs;
mod look;
mod order;
mod plan;
mod report;
mod roster;
mod setup;
mod supervisor;
pub mod template;
#[cfg(test)]
mod tests;
mod under_way;
mod usage;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use scaling_core::observation::{Agent, AgentState, Attribute, Platform, Replica, ReplicaState};
use scaling_core::status::{Order, PlacementScope, RemovalScope, TargetStatus};
use scaling_core::units::{AgentId, Generation, TargetName, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use self::config::SystemdConfig;
pub use self::setup::Setup;

use self::bus::{Bus, BusError, NOT_ASKED_YET};
use self::config::Numbering;
use self::jobs::JobsInHand;
use self::report::View;
use self::supervisor::Request;
use self::template::Instance;
use self::usage::Usages;
use super::blocking::blocking;
use super::bulletin::Bulletin;
use super::hand_over::{ended, hand_over};
use super::platform::Machine;
use super::{Backend, BackendError, OpenError};

/// How long reading `/proc` may take.
const PLATFORM_PATIENCE: Duration = Duration::from_secs(1);

/// The instances of one target.
///
/// Dropping it ends the supervision and leaves the units as they are; whoever opens the same state directory next goes
/// on with them.
pub struct SystemdBackend {
    target: TargetName,
    config: Arc<SystemdConfig>,
    agent: AgentId,
    bus: Bus,
    view: watch::Receiver<Arc<View>>,
    bulletin: Bulletin,
    orders: mpsc::Sender<Request>,
    jobs: JobsInHand,
    usages: Usages,
    machine: Arc<Mutex<Machine>>,
    state_dir: PathBuf,
    /// Supervisor and readers; they end with the backend.
    _tasks: JoinSet<()>,
}

impl SystemdBackend {
    /// Reads the roster of the target and begins to supervise. systemd need not be there yet.
    ///
    /// Fails, with nothing touched, if the roster can't be read or another host has it.
    pub async fn open(setup: Setup) -> Result<Self, OpenError> {
        setup::open(setup).await
    }
}

#[async_trait]
impl Backend for SystemdBackend {
    async fn observe(&self, now: Timestamp) -> Result<TargetStatus, BackendError> {
        if self.orders.is_closed() {
            return Err(ended(&self.target));
        }
        self.bus.ping().await?;
        let view = self.seen().await;
        match &view.lost {
            Some(why) => Err(BackendError::Unreachable(why.clone())),
            None => Ok(self.status(&view, now).await),
        }
    }

    async fn carry_out(&self, order: &Order) -> Result<(), BackendError> {
        hand_over(order, &self.target, &self.orders, |order, reply| (order, reply)).await
    }
}

impl SystemdBackend {
    /// What is seen now. The first look takes a moment more than the ping, and is waited for: nothing is lost then.
    async fn seen(&self) -> Arc<View> {
        let mut view = self.view.clone();
        let looked = view.wait_for(|view| view.lost.as_deref() != Some(NOT_ASKED_YET));
        let _ = timeout(self.config.timeout.get(), looked).await;
        self.view.borrow().clone()
    }

    async fn status(&self, view: &View, now: Timestamp) -> TargetStatus {
        let mut replicas: Vec<Replica> =
            view.replicas.iter().map(|(who, shown)| self.replica(who, shown, now)).collect();
        replicas.sort_by(|a, b| a.id.cmp(&b.id));
        let agent = self.agent(view, &replicas).await;
        let removal = match self.config.numbering {
            Numbering::Contiguous => RemovalScope::Any,
            Numbering::Any => RemovalScope::Replica,
        };
        TargetStatus {
            replicas,
            agents: vec![agent],
            attributes: view.drift.iter().map(|(unit, what)| Attribute::text(format!("drift.{unit}"), what)).collect(),
            removal,
            placement: PlacementScope::Agent,
            last_order: view.generation.map(Generation),
            news: self.bulletin.take(),
        }
    }

    fn replica(&self, instance: &Instance, shown: &Replica, now: Timestamp) -> Replica {
        let mut usage = self.usages.of(instance);
        if let Some(reading) = self.jobs.of(instance, now) {
            usage.jobs = Some(reading.jobs);
            usage.at = usage.at.max(Some(reading.at));
        }
        Replica { agent: Some(self.agent.clone()), usage, ..shown.clone() }
    }

    async fn agent(&self, view: &View, replicas: &[Replica]) -> Agent {
        let count = |those: fn(&&Replica) -> bool| u32::try_from(replicas.iter().filter(those).count()).unwrap_or(0);
        let there = count(|_| true);
        let limit = self.config.replica_limit;
        Agent {
            id: self.agent.clone(),
            state: AgentState::Open,
            installed: view.installed,
            replicas: count(|replica| replica.state != ReplicaState::Failed),
            replica_limit: limit,
            room: limit.map(|limit| limit.saturating_sub(there)),
            platform: self.platform().await,
            attributes: Vec::new(),
        }
    }

    /// What can't be read in time is not known.
    async fn platform(&self) -> Platform {
        let (machine, dir) = (self.machine.clone(), self.state_dir.clone());
        let reading = blocking(move || match machine.try_lock() {
            Ok(mut machine) => machine.platform(&dir),
            Err(std::sync::TryLockError::Poisoned(machine)) => PoisonError::into_inner(machine).platform(&dir),
            // A reading that hangs (a dead mount) gathers no others behind it.
            Err(std::sync::TryLockError::WouldBlock) => Platform::default(),
        });
        timeout(PLATFORM_PATIENCE, reading).await.unwrap_or_default()
    }
}

impl From<BusError> for BackendError {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Timeout { call, limit_ms } => Self::Timeout { what: format!("systemd ({call})"), limit_ms },
            BusError::Lost(why) => Self::Unreachable(why),
            refused => Self::Refused(refused.to_string()),
        }
    }
}

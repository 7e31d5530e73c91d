//! The connection to one systemd manager: kept up, shared by all targets on it, and bounded in time.
//!
//! It follows the instances of the templates that it is asked to: [`Bus::follow`] gives a [`Sight`] that changes as
//! systemd tells it to. Nothing is polled but a short question whether systemd answers at all ([`Bus::ping`]).

mod address;
mod outcome;
mod sight;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::template::{Instance, Template};
pub use address::BusAddress;
pub use outcome::{BusError, JobOutcome, TemplateFacts, Whom};
pub use sight::{Active, Load, Sight, UnitState, UnitUsage};

/// One systemd manager. Cheap to clone; all who ask for the same address share one connection.
#[derive(Clone, Debug)]
pub struct Bus {
    address: BusAddress,
    sight: watch::Sender<Arc<Sight>>,
}

impl Bus {
    /// The bus of that address. Reaches nobody yet. `timeout` is for one question.
    ///
    /// Needs a tokio runtime, which the connection then lives on.
    pub fn of(address: &BusAddress, timeout: Duration) -> Self {
        let _ = timeout;
        Self { address: address.clone(), sight: watch::Sender::default() }
    }

    /// What systemd shows of the instances of a template, as it changes. The same template twice is followed once.
    pub fn follow(&self, template: &Template) -> watch::Receiver<Arc<Sight>> {
        let _ = template;
        self.sight.subscribe()
    }

    /// Whether systemd answers now. A good answer serves all who ask within half a second.
    pub async fn ping(&self) -> Result<(), BusError> {
        self.stub()
    }

    /// Starts an instance and waits until the job is over, `patience` at most.
    pub async fn start(&self, _: &Template, _: &Instance, patience: Duration) -> Result<JobOutcome, BusError> {
        let _ = patience;
        self.stub().map(|()| JobOutcome::Failed { result: String::new(), state: UnitState::absent() })
    }

    /// Asks for the stop of an instance; how it ends is seen in the [`Sight`].
    pub async fn stop(&self, _: &Template, _: &Instance) -> Result<(), BusError> {
        self.stub()
    }

    /// Sends a signal.
    pub async fn kill(&self, _: &Template, _: &Instance, whom: Whom, signal: i32) -> Result<(), BusError> {
        let _ = (whom, signal);
        self.stub()
    }

    /// Has systemd forget that an instance failed, and how often it was started.
    pub async fn reset_failed(&self, _: &Template, _: &Instance) -> Result<(), BusError> {
        self.stub()
    }

    /// Has instances start at boot.
    pub async fn enable(&self, _: &Template, instances: &[Instance]) -> Vec<(Instance, Result<(), BusError>)> {
        instances.iter().map(|instance| (instance.clone(), self.stub())).collect()
    }

    /// Has instances no longer start at boot.
    pub async fn disable(&self, _: &Template, instances: &[Instance]) -> Vec<(Instance, Result<(), BusError>)> {
        instances.iter().map(|instance| (instance.clone(), self.stub())).collect()
    }

    /// What an instance uses now.
    pub async fn usage(&self, _: &Template, _: &Instance) -> Result<UnitUsage, BusError> {
        self.stub().map(|()| UnitUsage::default())
    }

    /// What `check` wants to know of a template.
    pub async fn facts(&self, _: &Template) -> Result<TemplateFacts, BusError> {
        self.stub().map(|()| TemplateFacts { installed: false, stop_timeout: None, start_timeout: None })
    }

    fn stub(&self) -> Result<(), BusError> {
        Err(BusError::Lost(format!("bus {} is not built yet", self.address)))
    }
}

//! The connection to one systemd manager: kept up, shared by all targets on it, and bounded in time.
//!
//! It follows the instances of the templates that it is asked to: [`Bus::follow`] gives a [`Sight`] that changes as
//! systemd tells it to. Nothing is polled but a short question whether systemd answers at all ([`Bus::ping`]).

mod address;
mod boot;
mod fault;
mod jobs;
mod keeper;
mod link;
mod look;
mod manager;
mod notes;
mod outcome;
mod ping;
mod read;
mod registry;
mod sight;
mod signals;
mod start;
mod state;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::boot::Links;
use self::fault::Call;
use self::look::Look;
use self::registry::Kept;
use self::state::State;
use super::template::{Instance, Template};
pub use address::BusAddress;
pub use outcome::{BusError, JobOutcome, TemplateFacts, Whom};
pub use sight::{Active, Load, NOT_ASKED_YET, Sight, UnitState, UnitUsage};

/// One systemd manager. Cheap to clone; all who ask for the same address share one connection.
#[derive(Clone)]
pub struct Bus {
    kept: Arc<Kept>,
    timeout: Duration,
}

impl Bus {
    /// The bus of that address. Never fails; whether it can be reached shows later. `timeout` is for one question of
    /// this handle; the first handle's is also for what is asked on behalf of all.
    ///
    /// To be called on a tokio runtime, on which the connection then lives.
    pub fn of(address: &BusAddress, timeout: Duration) -> Self {
        Self { kept: registry::kept(address, timeout), timeout }
    }

    /// What systemd shows of the instances of a template, as it changes. The same template twice is followed once, and
    /// one that nobody looks at any more is not followed.
    pub fn follow(&self, template: &Template) -> watch::Receiver<Arc<Sight>> {
        self.state().follow(template)
    }

    /// Whether systemd answers now. Who asks while another does takes the same answer; a good one holds for half a
    /// second.
    pub async fn ping(&self) -> Result<(), BusError> {
        if self.kept.has_ended() {
            // It panicked: what is shown stands still, whatever systemd answers.
            return Err(BusError::Lost("the task that follows systemd ended unexpectedly; restart trimtab".to_owned()));
        }
        ping::ping(self.state(), self.timeout).await
    }

    /// Starts an instance and waits until the job is over, `patience` at most.
    ///
    /// If the connection is lost meanwhile, the outcome is what the unit looks like on the next one. Dropped, the job
    /// goes on.
    pub async fn start(
        &self,
        template: &Template,
        instance: &Instance,
        patience: Duration,
    ) -> Result<JobOutcome, BusError> {
        start::start(self.state(), &template.unit(instance), self.timeout, patience).await
    }

    /// Asks for the stop of an instance; how it ends is seen in the [`Sight`]. One that systemd has not loaded does not
    /// run: that is no error.
    pub async fn stop(&self, template: &Template, instance: &Instance) -> Result<(), BusError> {
        let (unit, link) = (template.unit(instance), self.state().link(self.timeout).await?);
        let asking = link.manager().stop_unit(&unit, "replace");
        unless_not_loaded(link.ask(Call::Unit("StopUnit", "stop", &unit), self.timeout, asking).await.map(drop))
    }

    /// Sends a signal.
    pub async fn kill(
        &self,
        template: &Template,
        instance: &Instance,
        whom: Whom,
        signal: i32,
    ) -> Result<(), BusError> {
        let (unit, link) = (template.unit(instance), self.state().link(self.timeout).await?);
        let whom = match whom {
            Whom::Main => "main",
            Whom::All => "all",
        };
        let asking = link.manager().kill_unit(&unit, whom, signal);
        link.ask(Call::Unit("KillUnit", "kill", &unit), self.timeout, asking).await
    }

    /// Has systemd forget that an instance failed, and how often it was started. One that is not loaded has nothing to
    /// forget.
    pub async fn reset_failed(&self, template: &Template, instance: &Instance) -> Result<(), BusError> {
        let (unit, link) = (template.unit(instance), self.state().link(self.timeout).await?);
        let asking = link.manager().reset_failed_unit(&unit);
        unless_not_loaded(link.ask(Call::Unit("ResetFailedUnit", "reset-failed", &unit), self.timeout, asking).await)
    }

    /// Has instances start at boot. Returns when systemd has read its unit files anew.
    pub async fn enable(&self, template: &Template, instances: &[Instance]) -> Vec<(Instance, Result<(), BusError>)> {
        boot::set(self.state(), template, instances, Links::Enable, self.timeout).await
    }

    /// Has instances no longer start at boot. Returns when systemd has read its unit files anew.
    pub async fn disable(&self, template: &Template, instances: &[Instance]) -> Vec<(Instance, Result<(), BusError>)> {
        boot::set(self.state(), template, instances, Links::Disable, self.timeout).await
    }

    /// What an instance uses now: three questions to systemd, which looks into its control group.
    pub async fn usage(&self, template: &Template, instance: &Instance) -> Result<UnitUsage, BusError> {
        let link = self.state().link(self.timeout).await?;
        read::usage(&link, &signals::path_of_unit(&template.unit(instance)), self.timeout).await
    }

    /// What is in the template's file.
    pub async fn facts(&self, template: &Template) -> Result<TemplateFacts, BusError> {
        let link = self.state().link(self.timeout).await?;
        Look { link: &link, template }.facts(self.timeout).await
    }

    fn state(&self) -> &State {
        &self.kept.state
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus").field("address", &self.state().address).finish_non_exhaustive()
    }
}

fn unless_not_loaded(result: Result<(), BusError>) -> Result<(), BusError> {
    match result {
        Err(BusError::NoSuchUnit(_)) => Ok(()),
        other => other,
    }
}

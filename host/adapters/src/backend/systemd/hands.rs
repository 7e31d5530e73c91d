//! Does one step. Everything here is bounded in time, by the bus or by itself.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::timeout;

use super::boot_tries::NotDone;
use super::bus::{Active, Bus, BusError, JobOutcome, Sight, Whom};
use super::command;
use super::config::{Request, SystemdConfig};
use super::enable_helper;
use super::plan::Step;
use super::template::Instance;

/// How long a command that stops or resumes the intake may take.
const COMMAND_PATIENCE: Duration = Duration::from_secs(10);
/// Beyond what a unit allows itself.
const SLACK: Duration = Duration::from_secs(5);
/// What `infinity` comes to.
const FOR_EVER: Duration = Duration::from_secs(7 * 24 * 3600);

/// What came of a step.
#[derive(Debug)]
pub enum Done {
    /// Of a start.
    Started(Instance, Result<JobOutcome, BusError>),
    /// Of any other step for one instance.
    Did(Step, Instance, Result<(), BusError>),
    /// Of enabling (`true`) or disabling, by instance; `Err` tells why not.
    Enabled(bool, BTreeMap<Instance, Result<(), NotDone>>),
}

/// What steps are done with. Cheap to clone.
#[derive(Clone)]
pub struct Hands {
    /// How the target is set up.
    pub config: Arc<SystemdConfig>,
    /// Whom it is done by.
    pub bus: Bus,
}

impl Hands {
    /// Does a step; `sight` is what it was planned by.
    pub async fn carry_out(self, step: Step, sight: Arc<Sight>) -> Done {
        match step {
            Step::Start(instance) => {
                let outcome = self.start(&instance, &sight).await;
                Done::Started(instance, outcome)
            }
            Step::Enable(instances) => Done::Enabled(true, self.enable(&instances, true).await),
            Step::Disable(instances) => Done::Enabled(false, self.enable(&instances, false).await),
            Step::StopIntake(ref instance)
            | Step::ResumeIntake(ref instance)
            | Step::Stop(ref instance)
            | Step::Kill(ref instance) => {
                let result = self.change(&step, instance).await;
                let instance = instance.clone();
                Done::Did(step, instance, result)
            }
        }
    }

    async fn start(&self, instance: &Instance, sight: &Sight) -> Result<JobOutcome, BusError> {
        let template = &self.config.template;
        let unit = sight.units.get(instance);
        if unit.is_some_and(|unit| unit.active == Active::Failed) {
            // Else its start limit would refuse it: how often it is tried is for the host to say.
            self.bus.reset_failed(template, instance).await?;
        }
        let limit = |limit: Option<Duration>| limit.unwrap_or(FOR_EVER);
        let to_start = unit.map_or(FOR_EVER, |unit| limit(unit.start_timeout));
        let to_stop = unit.filter(|unit| unit.active == Active::Deactivating).map(|unit| limit(unit.stop_timeout));
        let patience = to_start.saturating_add(to_stop.unwrap_or_default()).saturating_add(SLACK).min(FOR_EVER);
        self.bus.start(template, instance, patience).await
    }

    async fn change(&self, step: &Step, instance: &Instance) -> Result<(), BusError> {
        let (template, drain) = (&self.config.template, &self.config.drain);
        match step {
            Step::StopIntake(_) => self.request(drain.stop_intake.as_ref(), instance).await,
            Step::ResumeIntake(_) => self.request(drain.resume_intake.as_ref(), instance).await,
            Step::Kill(_) => self.bus.kill(template, instance, Whom::All, Signal::KILL.as_raw()).await,
            _ => self.bus.stop(template, instance).await,
        }
    }

    async fn request(&self, request: Option<&Request>, instance: &Instance) -> Result<(), BusError> {
        match request {
            None => Ok(()),
            Some(Request::Signal(signal)) => {
                let number = Signal::from(*signal).as_raw();
                self.bus.kill(&self.config.template, instance, Whom::Main, number).await
            }
            Some(Request::Command(words)) => self.run(words, instance).await,
        }
    }

    async fn run(&self, words: &[String], instance: &Instance) -> Result<(), BusError> {
        let unit = self.config.template.unit(instance);
        let fill = |word: &String| word.replace("{instance}", instance.as_str()).replace("{unit}", &unit);
        let Some(program) = words.first() else { return Ok(()) };
        let refused = |what: String| Err(BusError::Refused(format!("{program} for {unit} {what}")));
        let words = words.iter().map(fill).collect();
        let run = async { command::start(words, Stdio::null(), ()).await?.child.wait().await };
        match timeout(COMMAND_PATIENCE, run).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => refused(format!("ended with {status}")),
            Ok(Err(error)) => refused(format!("can't be run: {error}")),
            Err(_) => refused(format!("took longer than {COMMAND_PATIENCE:?}")),
        }
    }

    /// Through the helper where there is one, else systemd is asked for it.
    async fn enable(&self, instances: &[Instance], on: bool) -> BTreeMap<Instance, Result<(), NotDone>> {
        let template = &self.config.template;
        let Some(socket) = &self.config.boot_helper else {
            let outcomes = if on {
                self.bus.enable(template, instances).await
            } else {
                self.bus.disable(template, instances).await
            };
            return outcomes.into_iter().map(|(who, result)| (who, result.map_err(NotDone::from))).collect();
        };
        let units: Vec<String> = instances.iter().map(|instance| template.unit(instance)).collect();
        let answer =
            if on { enable_helper::enable(socket, &units).await } else { enable_helper::disable(socket, &units).await };
        match answer {
            Ok(outcomes) => {
                let results =
                    outcomes.into_iter().map(|outcome| outcome.failure.map_or(Ok(()), |why| Err(NotDone::Failed(why))));
                instances.iter().cloned().zip(results).collect()
            }
            Err(error) => instances.iter().map(|who| (who.clone(), Err(NotDone::Failed(error.to_string())))).collect(),
        }
    }
}

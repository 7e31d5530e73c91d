//! A policy over many ticks, through the same border as in the host.

use crate::{Failure, Input, Issue, Observation, Policy, RawState, RawVerdict, StateChange, export};

/// Runs a policy natively from tick to tick: config as JSON text, state as bytes carried on as the host does.
///
/// It goes through the code of [`export_policy!`](crate::export_policy), so config and state are read and written.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    prepare: fn(&str) -> Result<Vec<Input>, Vec<Issue>>,
    evaluate: fn(&Observation, &str, Option<RawState>) -> Result<RawVerdict, Failure>,
    config: String,
    inputs: Vec<Input>,
    state: Option<RawState>,
    ticks: u64,
}

impl Rehearsal {
    /// Prepares a config; the issues if it is no good.
    pub fn of<P: Policy>(config: impl Into<String>) -> Result<Self, Vec<Issue>> {
        let (prepare, evaluate) = (export::prepare::<P>, export::evaluate::<P>);
        let config = config.into();
        Ok(Self { inputs: prepare(&config)?, prepare, evaluate, config, state: None, ticks: 0 })
    }

    /// The series that the policy asked for.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What the policy remembers now.
    pub fn state(&self) -> Option<&RawState> {
        self.state.as_ref()
    }

    /// Changes the config and keeps the state, as a reload does.
    pub fn reload(self, config: impl Into<String>) -> Result<Self, Vec<Issue>> {
        let config = config.into();
        Ok(Self { inputs: (self.prepare)(&config)?, config, ..self })
    }

    /// One evaluation. Tick and time advance by themselves; the rest of the observation is as given.
    pub fn tick(&mut self, observation: impl Into<Observation>) -> Result<RawVerdict, Failure> {
        let mut observation = observation.into();
        let later = self.ticks * u64::from(observation.interval);
        observation.tick += self.ticks;
        observation.now += later;
        observation.series.iter_mut().flat_map(|series| &mut series.samples).for_each(|sample| sample.at += later);
        self.ticks += 1;
        let verdict = (self.evaluate)(&observation, &self.config, self.state.clone())?;
        match &verdict.state {
            StateChange::Keep => {}
            StateChange::Set(state) => self.state = Some(state.clone()),
            StateChange::Clear => self.state = None,
        }
        Ok(verdict)
    }
}

//! A policy with its config and state, from line to line.

use std::sync::Arc;

use contract_json::{Carried, EvalLine};
use policy_runtime::{Call, Evaluated, Policy, PrepareError};
use scaling_core::observation::{Input, Observation, Quality};
use scaling_core::verdict::State;
use serde_json::Value;

use super::answer::{Answer, EvalError};

/// What a session needs of a policy.
pub trait Evaluator {
    /// Checks a config and says what it needs to see.
    fn prepare(&self, config: &str) -> Result<Vec<Input>, PrepareError>;
    /// Asks for a verdict.
    fn evaluate(&self, call: &Call) -> Evaluated;
}

impl Evaluator for Policy {
    fn prepare(&self, config: &str) -> Result<Vec<Input>, PrepareError> {
        self.prepare_blocking(config)
    }

    fn evaluate(&self, call: &Call) -> Evaluated {
        self.evaluate_blocking(call)
    }
}

/// A policy with its config and state, from line to line.
pub struct Session<P> {
    policy: P,
    prepared: Option<Prepared>,
    state: Option<State>,
    carried: Carried,
}

/// A config that the policy accepted.
struct Prepared {
    config: Arc<str>,
    inputs: Vec<Input>,
}

impl<P: Evaluator> Session<P> {
    /// With a config that has to be accepted at once; without one, `{}` stands until a line brings another.
    pub fn new(policy: P, config: Option<&Value>) -> Result<Self, EvalError> {
        let prepared = config.map(|config| prepare(&policy, config)).transpose()?;
        Ok(Self { policy, prepared, state: None, carried: Carried::default() })
    }

    /// Answers one line.
    pub fn answer(&mut self, line: &[u8]) -> Answer {
        match self.evaluate(line) {
            Ok(evaluated) => Answer::Evaluated(Box::new(evaluated)),
            Err(error) => Answer::Error(error),
        }
    }

    fn evaluate(&mut self, line: &[u8]) -> Result<Evaluated, EvalError> {
        let value: Value = serde_json::from_slice(line)
            .map_err(|error| EvalError::new("line", format!("expected one JSON object a line: {error}")))?;
        let line = EvalLine::decode(&value, &self.carried).map_err(|error| EvalError::of_line(&error))?;
        let config = self.config_for(line.config.as_ref())?;
        let observation = Arc::new(line.observation);
        self.check_required(&observation)?;
        let prior = self.state.take();
        let call = Call { observation, config, prior };
        let evaluated = self.policy.evaluate(&call);
        let verdict = evaluated.outcome.as_ref().ok();
        self.carried.step(&call.observation, verdict);
        self.state = match verdict {
            Some(verdict) => verdict.state.applied_to(call.prior),
            None => call.prior,
        };
        Ok(evaluated)
    }

    /// The config from here on: the line's own, or the one before, or `{}`.
    fn config_for(&mut self, own: Option<&Value>) -> Result<Arc<str>, EvalError> {
        let prepared = match (own, self.prepared.take()) {
            (None, Some(before)) => before,
            (own, before) => {
                let empty = Value::Object(serde_json::Map::new());
                let new = prepare(&self.policy, own.unwrap_or(&empty));
                self.prepared = before;
                new?
            }
        };
        Ok(Arc::clone(&self.prepared.insert(prepared).config))
    }

    /// The host does not call a policy that lacks what it requires; time goes on all the same.
    fn check_required(&mut self, observation: &Observation) -> Result<(), EvalError> {
        let inputs = self.prepared.iter().flat_map(|prepared| &prepared.inputs);
        let missing = inputs.filter(|input| input.required).find(|input| {
            !observation.series.iter().any(|series| series.name == input.name && series.quality != Quality::Absent)
        });
        let Some(missing) = missing else { return Ok(()) };
        let message =
            format!("the policy requires `{}`, which is absent: the host holds without calling it", missing.name);
        self.carried.hold(observation);
        Err(EvalError::new("required-absent", message))
    }
}

fn prepare(policy: &impl Evaluator, config: &Value) -> Result<Prepared, EvalError> {
    let config: Arc<str> = config.to_string().into();
    let inputs = policy.prepare(&config).map_err(EvalError::of_config)?;
    Ok(Prepared { config, inputs })
}

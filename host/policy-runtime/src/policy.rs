//! A policy that was loaded, and what can be asked of it.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use scaling_core::failure::{FailureKind, PolicyFailure};
use scaling_core::observation::{Input, Observation};
use scaling_core::verdict::{Descriptor, State, Verdict};

use crate::abi::since_0_1_0::Pre;
use crate::checks;
use crate::error::PrepareError;
use crate::remark::Remark;
use crate::runtime::{Compiled, Shared};
use crate::sandbox::{self, LogLine, Run, Scene};
use crate::text::tame;

/// A policy. Cheap to clone; each call runs in a fresh instance, so calls never see each other.
#[derive(Clone)]
pub struct Policy(Arc<Inner>);

/// What the clones share.
pub(crate) struct Inner {
    pub(crate) shared: Arc<Shared>,
    pub(crate) digest: String,
    pub(crate) descriptor: Descriptor,
    pub(crate) pre: Pre,
    pub(crate) compiled: Compiled,
}

/// What a policy is asked: a pure function's arguments.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it may look at.
    pub observation: Arc<Observation>,
    /// Its config: JSON text that `prepare` accepted.
    pub config: Arc<str>,
    /// Its memory, in the layout of its descriptor.
    pub prior: Option<State>,
}

/// What came of an evaluation, and what it took.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// A verdict that makes sense for the observation, or why there is none.
    pub outcome: Result<Verdict, PolicyFailure>,
    /// Fuel used: the same at every replay with this version of the engine.
    pub fuel: u64,
    /// From the fresh store to the end of it.
    pub elapsed: Duration,
    /// The part of `elapsed` that made the instance.
    pub instantiate: Duration,
    /// Linear memories at the end, summed. They never shrink.
    pub memory_bytes: u64,
    /// What it logged, within limits.
    pub log: Vec<LogLine>,
    /// Lines beyond the limits.
    pub log_dropped: u64,
    /// What was left out of the verdict.
    pub remarks: Vec<Remark>,
}

impl Policy {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self(inner)
    }

    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    /// SHA-256 of the component, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// What it says of itself.
    pub fn descriptor(&self) -> &Descriptor {
        &self.0.descriptor
    }

    /// Where its code came from.
    pub fn compiled(&self) -> Compiled {
        self.0.compiled
    }

    /// Checks a config and returns the series that the policy needs for it.
    pub async fn prepare(&self, config: &str) -> Result<Vec<Input>, PrepareError> {
        let config = config.to_owned();
        let prepared = self.on_pool(move |policy| policy.prepare_blocking(&config)).await;
        prepared.unwrap_or_else(|| Err(PrepareError::Failed(lost())))
    }

    /// As [`prepare`](Self::prepare), on the caller's thread.
    pub fn prepare_blocking(&self, config: &str) -> Result<Vec<Input>, PrepareError> {
        let limits = &self.0.shared.limits;
        let run = self.run(Scene::default(), |exports, store| exports.prepare(store, config));
        self.trace(&run);
        match run.outcome.map_err(PrepareError::Failed)? {
            Ok(inputs) => {
                checks::inputs(&inputs, limits).map_err(PrepareError::Failed)?;
                Ok(inputs)
            }
            Err(issues) => Err(checks::issues(issues, limits)),
        }
    }

    /// Asks for a verdict, on a thread of the pool.
    ///
    /// If the future is dropped, the call still runs to its end; its outcome is lost.
    pub async fn evaluate(&self, call: Call) -> Evaluated {
        let evaluated = self.on_pool(move |policy| policy.evaluate_blocking(&call)).await;
        evaluated.unwrap_or_else(|| Evaluated::failed(lost()))
    }

    /// As [`evaluate`](Self::evaluate), on the caller's thread.
    pub fn evaluate_blocking(&self, call: &Call) -> Evaluated {
        if let Err(failure) = checks::state_layout(call.prior.as_ref(), self.descriptor()) {
            return Evaluated::failed(failure);
        }
        let observation = &*call.observation;
        let scene = Scene { now: observation.now, seed: observation.seed };
        let run =
            self.run(scene, |exports, store| exports.evaluate(store, observation, &call.config, call.prior.as_ref()));
        self.conclude(run, observation)
    }

    /// Converts a state of an older layout. Changes nothing by itself.
    pub async fn migrate(&self, config: &str, old: State) -> Result<Option<State>, PolicyFailure> {
        let config = config.to_owned();
        let migrated = self.on_pool(move |policy| policy.migrate_blocking(&config, &old)).await;
        migrated.unwrap_or_else(|| Err(lost()))
    }

    /// As [`migrate`](Self::migrate), on the caller's thread.
    pub fn migrate_blocking(&self, config: &str, old: &State) -> Result<Option<State>, PolicyFailure> {
        let limits = &self.0.shared.limits;
        checks::migratable(old, self.descriptor())?;
        let run = self.run(Scene::default(), |exports, store| exports.migrate(store, config, old));
        self.trace(&run);
        let migrated = run.outcome?.map_err(|failure| self.trimmed(failure))?;
        if let Some(state) = &migrated {
            checks::new_state(state, self.descriptor(), limits)?;
        }
        Ok(migrated)
    }

    async fn on_pool<T: Send + 'static>(&self, work: impl FnOnce(Self) -> T + Send + 'static) -> Option<T> {
        let policy = self.clone();
        self.0.shared.pool.run(move || work(policy)).await.ok()
    }

    fn run<T>(
        &self,
        scene: Scene,
        question: impl FnOnce(
            &crate::abi::since_0_1_0::Exports,
            &mut wasmtime::Store<sandbox::Guest>,
        ) -> wasmtime::Result<T>,
    ) -> Run<T> {
        sandbox::run(&self.0.pre, scene, &self.0.shared.limits, question)
    }

    /// What it logged while nothing was to be decided is for its author.
    fn trace<T>(&self, run: &Run<T>) {
        for line in &run.log {
            tracing::debug!(policy = self.descriptor().name, level = line.level.label(), message = line.message);
        }
    }

    /// Checks the verdict of a run.
    fn conclude(
        &self,
        run: Run<Result<(Verdict, Vec<Remark>), PolicyFailure>>,
        observation: &Observation,
    ) -> Evaluated {
        let mut remarks = Vec::new();
        let outcome = match run.outcome {
            Ok(Ok((verdict, noted))) => {
                remarks = noted;
                checks::verdict(verdict, &mut remarks, observation, self.descriptor(), &self.0.shared.limits)
            }
            Ok(Err(failure)) | Err(failure) => Err(failure),
        };
        Evaluated {
            outcome: outcome.map_err(|failure| self.trimmed(failure)),
            fuel: run.fuel,
            elapsed: run.elapsed,
            instantiate: run.instantiate,
            memory_bytes: run.memory_bytes,
            log: run.log,
            log_dropped: run.log_dropped,
            remarks,
        }
    }

    /// A failure with a message of bearable length.
    fn trimmed(&self, mut failure: PolicyFailure) -> PolicyFailure {
        failure.message = tame(&failure.message, self.0.shared.limits.reason_bytes);
        failure
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Descriptor { name, version, .. } = self.descriptor();
        write!(f, "Policy({name} {version}, sha256:{})", self.digest())
    }
}

impl Evaluated {
    /// A failure before the policy was called.
    fn failed(failure: PolicyFailure) -> Self {
        Self {
            outcome: Err(failure),
            fuel: 0,
            elapsed: Duration::ZERO,
            instantiate: Duration::ZERO,
            memory_bytes: 0,
            log: Vec::new(),
            log_dropped: 0,
            remarks: Vec::new(),
        }
    }
}

/// The host's own fault.
fn lost() -> PolicyFailure {
    let message = "the thread that called it died; the host's log says why".to_owned();
    PolicyFailure { kind: FailureKind::Host, message }
}

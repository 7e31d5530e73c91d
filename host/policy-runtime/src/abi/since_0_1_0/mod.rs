//! Every 0.1.z.

mod down;
mod generated;
mod mistyped;
mod up;

pub(crate) use self::generated::trimtab::policy::log::Level;

use scaling_core::failure::PolicyFailure;
use scaling_core::observation::{Input, Observation};
use scaling_core::verdict::{ConfigIssue, Descriptor, State, Verdict};
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Engine, Store};

use self::generated::{ScalingPolicy, ScalingPolicyIndices};
use crate::remark::Remark;
use crate::sandbox::Guest;

/// A policy that is linked and can be instantiated.
pub(crate) struct Pre {
    instance: InstancePre<Guest>,
    indices: ScalingPolicyIndices,
}

/// A policy that can be called.
pub(crate) struct Exports(ScalingPolicy);

impl Pre {
    /// Fails if a function of the contract is missing.
    pub(crate) fn new(instance: InstancePre<Guest>) -> wasmtime::Result<Self> {
        let indices = ScalingPolicyIndices::new(&instance)?;
        Ok(Self { instance, indices })
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.instance.engine()
    }

    /// A fresh instance. Runs the start functions, so the store must have its limits.
    pub(crate) fn instantiate(&self, store: &mut Store<Guest>) -> wasmtime::Result<Instance> {
        self.instance.instantiate(store)
    }

    /// Its functions. Fails if one is not of the contract's type.
    pub(crate) fn exports(&self, store: &mut Store<Guest>, instance: &Instance) -> wasmtime::Result<Exports> {
        self.indices.load(&mut *store, instance).map(Exports).map_err(|error| match mistyped::first(store, instance) {
            Some(name) => error.context(name),
            None => error,
        })
    }
}

impl Exports {
    pub(crate) fn describe(&self, store: &mut Store<Guest>) -> wasmtime::Result<Descriptor> {
        self.0.trimtab_policy_policy().call_describe(store).map(up::descriptor)
    }

    pub(crate) fn prepare(
        &self,
        store: &mut Store<Guest>,
        config: &str,
    ) -> wasmtime::Result<Result<Vec<Input>, Vec<ConfigIssue>>> {
        let answer = self.0.trimtab_policy_policy().call_prepare(store, config)?;
        Ok(answer.map(up::inputs).map_err(up::issues))
    }

    pub(crate) fn evaluate(
        &self,
        store: &mut Store<Guest>,
        observation: &Observation,
        config: &str,
        prior: Option<&State>,
    ) -> wasmtime::Result<Result<(Verdict, Vec<Remark>), PolicyFailure>> {
        let (observation, prior) = (down::observation(observation), prior.map(down::state));
        let answer = self.0.trimtab_policy_policy().call_evaluate(store, &observation, config, prior.as_ref())?;
        Ok(answer.map(up::verdict).map_err(up::failure))
    }

    pub(crate) fn migrate(
        &self,
        store: &mut Store<Guest>,
        config: &str,
        old: &State,
    ) -> wasmtime::Result<Result<Option<State>, PolicyFailure>> {
        let answer = self.0.trimtab_policy_policy().call_migrate(store, config, &down::state(old))?;
        Ok(answer.map(|state| state.map(up::state)).map_err(up::failure))
    }
}

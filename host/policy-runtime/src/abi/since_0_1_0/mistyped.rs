//! Which function has the wrong type: the engine says what is wrong with it, but not its name.

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, Lift, Lower};

use super::generated::trimtab::policy::types::{Descriptor, Failure, Input, Issue, Observation, State, Verdict};
use crate::sandbox::Guest;

/// The first function of `instance` that is not of the contract's type.
pub(super) fn first(store: &mut Store<Guest>, instance: &Instance) -> Option<&'static str> {
    let policy = instance.get_export_index(&mut *store, None, "trimtab:policy/policy@0.1.0")?;
    let mut look = Look { store, instance, policy };
    None.or_else(|| look.wrong::<(), (Descriptor,)>("describe"))
        .or_else(|| look.wrong::<(String,), (Result<Vec<Input>, Vec<Issue>>,)>("prepare"))
        .or_else(|| look.wrong::<(Observation, String, Option<State>), (Result<Verdict, Failure>,)>("evaluate"))
        .or_else(|| look.wrong::<(String, State), (Result<Option<State>, Failure>,)>("migrate"))
}

struct Look<'a> {
    store: &'a mut Store<Guest>,
    instance: &'a Instance,
    policy: ComponentExportIndex,
}

impl Look<'_> {
    /// `name`, unless the function has parameters `P` and results `R`.
    fn wrong<P, R>(&mut self, name: &'static str) -> Option<&'static str>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let function = self.instance.get_export_index(&mut *self.store, Some(&self.policy), name);
        let right = function.is_some_and(|at| self.instance.get_typed_func::<P, R>(&mut *self.store, at).is_ok());
        (!right).then_some(name)
    }
}

//! What a policy has to say.

use serde::de::DeserializeOwned;

use crate::{Failure, Input, Issue, JsonSchema, Observation, StateLayout, Verdict};

/// What [`Policy::evaluate`] answers; `S` is the policy's state.
pub type Answer<S = ()> = Result<Verdict<S>, Failure>;

/// A scaling policy: a pure function of an observation, a config and its prior state.
///
/// Name, version and summary are those of the Cargo package; [`export_policy!`](crate::export_policy) hands them over.
pub trait Policy {
    /// Read from the target's `config`. Derive `Deserialize` with `deny_unknown_fields`, so that a misspelt key is
    /// reported and not ignored.
    type Config: DeserializeOwned + JsonSchema;

    /// What survives from one evaluation to the next; `()` for nothing.
    type State: StateLayout;

    /// Name in `describe`, for example `acme/pid`. Empty: the name of the Cargo package.
    const NAME: &'static str = "";

    /// Names that [`Verdict::signal`] may use: `[a-z][a-z0-9_]*`, at most 48 bytes.
    const SIGNALS: &'static [&'static str] = &[];

    /// The series that the policy wants to see under this config.
    fn inputs(config: &Self::Config) -> Vec<Input>;

    /// What is wrong with a config that could be read; all of it at once. Nothing is the default.
    fn validate(config: &Self::Config) -> Vec<Issue> {
        let _ = config;
        Vec::new()
    }

    /// One decision. Never called with a config that `validate` found fault with.
    ///
    /// A failure makes the host hold and keep the prior state. Missing data is no failure: abstain, and say why.
    fn evaluate(config: &Self::Config, observation: &Observation, prior: Option<Self::State>) -> Answer<Self::State>;
}

/// The Cargo package a policy was built from.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// `CARGO_PKG_NAME`.
    pub name: &'static str,
    /// `CARGO_PKG_VERSION`.
    pub version: &'static str,
    /// `CARGO_PKG_DESCRIPTION`.
    pub summary: &'static str,
}

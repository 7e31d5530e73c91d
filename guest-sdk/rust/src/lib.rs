//! Write a Trimtab scaling policy in Rust.
//!
//! A policy is a pure function of what the host observed, its config and its own prior state:
//!
//! ```
//! use serde::Deserialize;
//! use trimtab_policy_sdk::prelude::*;
//!
//! /// One replica for every so many jobs that wait.
//! struct PerReplica;
//!
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields, rename_all = "kebab-case")]
//! struct Config {
//!     jobs_per_replica: f64,
//! }
//!
//! impl Policy for PerReplica {
//!     type Config = Config;
//!     type State = ();
//!
//!     fn inputs(_: &Config) -> Vec<Input> {
//!         vec![Input::of_target("jobs.queued")]
//!     }
//!
//!     fn evaluate(config: &Config, observation: &Observation, _: Option<()>) -> Answer {
//!         let waiting = match Function::Count.synthesize(&observation.indicator("jobs.queued")) {
//!             Ok(waiting) => waiting,
//!             Err(missing) => return Ok(Verdict::abstain(format!("jobs.queued: {missing}"))),
//!         };
//!         let wanted = (waiting / config.jobs_per_replica).ceil() as u32;
//!         Ok(Verdict::resize(observation, wanted, format!("{waiting} jobs wait: {wanted} wanted")))
//!     }
//! }
//!
//! trimtab_policy_sdk::export_policy!(PerReplica);
//!
//! let seen = ObservationBuilder::new().desired(3).series("jobs.queued", [40.0]).build();
//! let verdict = PerReplica::evaluate(&Config { jobs_per_replica: 10.0 }, &seen, None).unwrap();
//! assert_eq!(verdict.decision, Decision::Add(vec![Placement::anywhere(1)]));
//! ```
//!
//! As a crate of type `cdylib`, `cargo build --release --target wasm32-wasip2` makes the component.
//!
//! | to | use |
//! |---|---|
//! | say what the policy is | [`Policy`], [`export_policy!`] |
//! | read a config, with errors that point at the key | [`config`], [`Policy::validate`] |
//! | remember something | [`StateLayout`] |
//! | turn a series into one number | [`Synthesize`], [`Function`], [`Indicator`] |
//! | compare it, widen it, count how often in a row | [`Compare`], [`Comparison`], [`Margin`], [`Streak`] |
//! | choose where | [`placement`], [`removal`] |
//! | answer | [`Verdict`] |
//! | test it natively | [`ObservationBuilder`], [`Rehearsal`] |
//!
//! The host may run a call twice or replay it years later and expects the same verdict: no `HashMap` order,
//! no clock but `observation.now`, no randomness but `observation.seed`.

#![cfg_attr(test, expect(clippy::expect_used, reason = "a test may panic"))]

pub mod bindings;
mod compare;
pub mod config;
pub mod export;
mod function;
mod indicator;
mod input;
mod load;
mod log;
mod margin;
pub mod placement;
mod policy;
mod rehearsal;
pub mod removal;
mod rounding;
mod schema;
mod span;
mod state;
mod streak;
mod synthesize;
mod test_kit;
mod verdict;

pub use bindings::trimtab::policy::types::{
    Agent, AgentState, Attribute, Bounds, Decision, Descriptor, Failure, FailureKind, Input, Issue, Observation,
    Origin, Outcome, PastAction, Placement, Platform, Quality, Removal, Replica, ReplicaState, Requirements, Sample,
    Series, Share, Signal, Stance, State as RawState, StateChange, Subject, SubjectKind, Usage, Value,
    Verdict as RawVerdict,
};
pub use compare::{Compare, Comparison};
pub use function::Function;
pub use indicator::Indicator;
pub use load::Load;
pub use log::{Level, log};
pub use margin::{Direction, Margin, MarginType};
pub use policy::{Answer, Package, Policy};
pub use rehearsal::Rehearsal;
pub use rounding::Rounding;
pub use schema::JsonSchema;
pub use schemars;
pub use span::Span;
pub use state::StateLayout;
pub use streak::Streak;
pub use synthesize::{Missing, Synthesize};
pub use test_kit::ObservationBuilder;
pub use verdict::{NextState, Verdict};

/// All that a policy and its tests usually name.
pub mod prelude {
    /// So that `#[derive(JsonSchema)]` finds its crate without a dependency of your own.
    pub use crate::schemars;

    pub use crate::placement::{self, Strategy};
    pub use crate::removal;
    pub use crate::{
        Agent, AgentState, Answer, Bounds, Compare, Comparison, Decision, Failure, FailureKind, Function, Indicator,
        Input, Issue, JsonSchema, Level, Load, Margin, Missing, Observation, ObservationBuilder, Placement, Policy,
        Quality, Rehearsal, Removal, Share, Stance, StateLayout, Streak, SubjectKind, Synthesize, Verdict, log,
    };
}

/// The policy in README.md compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

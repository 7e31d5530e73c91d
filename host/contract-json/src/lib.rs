//! The one JSON form of the policy contract: in the journal, the API, the scenario files and
//! `trimtab policy eval`.
//!
//! The rules, all of them:
//!
//! - Names are those of `wit/policy.wit`, in kebab-case.
//! - A record is an object; a field that has its default is left out. The defaults: an option is
//!   none, a list is empty, and what the type's own file in this crate says. An unknown field is an
//!   error that names the nearest known one.
//! - An enum and a variant without a payload are a bare string; a variant with one is
//!   `{"case": payload}`.
//! - Timestamps and durations are whole milliseconds. `list<u8>` is base64.
//! - Numbers come back as the bits that they were.
//!
//! [`encode`] appends to a `String` and allocates nothing itself: it runs once per tick and target.
//! [`decode`] reads a parsed [`serde_json::Value`], because people write that side too: its errors
//! carry a JSON Pointer. [`EvalLine`] is an observation written by hand, with most of it left out.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may panic"))]

mod deciding;
mod error;
mod eval_line;
mod history;
mod memory;
mod nearest;
mod node;
mod observation;
mod places;
mod policy;
mod record;
mod replicas;
mod scalars;
mod series;
mod verdict;
mod words;
mod write;

pub use error::DecodeError;
pub use eval_line::{Carried, DEFAULT_INTERVAL, EvalLine, FIRST_NOW};

/// Writes JSON: each function appends one value to `out`.
pub mod encode {
    use scaling_core::controller::Decided;
    use scaling_core::failure::PolicyFailure;
    use scaling_core::intent::Settled;
    use scaling_core::memory::Memory;
    use scaling_core::observation::{Agent, Attribute, Input, Observation, PastAction, Replica, Series};
    use scaling_core::orders::Orders;
    use scaling_core::verdict::{ConfigIssue, Decision, Descriptor, State, StateChange, Verdict};

    use crate::write::Encode;

    macro_rules! functions {
        ($($(#[$doc:meta])* $name:ident($type:ty)),* $(,)?) => {
            $($(#[$doc])* pub fn $name(value: &$type, out: &mut String) { value.encode(out); })*
        };
    }

    functions! {
        /// Everything a policy may look at.
        observation(Observation),
        /// One answer of a policy.
        verdict(Verdict),
        /// Hold, add or remove.
        decision(Decision),
        /// Why there is no verdict.
        failure(PolicyFailure),
        /// Memory of a policy.
        state(State),
        /// What becomes of that memory.
        state_change(StateChange),
        /// What a policy says of itself.
        descriptor(Descriptor),
        /// What is wrong with a config.
        issue(ConfigIssue),
        /// All that is wrong with a config.
        issues(Vec<ConfigIssue>),
        /// A series that a policy wants to see.
        input(Input),
        /// All that it wants to see.
        inputs(Vec<Input>),
        /// One running copy.
        replica(Replica),
        /// A place where replicas run.
        agent(Agent),
        /// One indicator.
        series(Series),
        /// One entry of the history.
        past_action(PastAction),
        /// An extra.
        attribute(Attribute),
        /// Any text, as a JSON string.
        text(str),
        /// A list of extras.
        attributes(Vec<Attribute>),
        /// What one tick decided.
        decided(Decided),
        /// All that a controller remembers.
        memory(Memory),
        /// How an intent ended.
        settled(Settled),
        /// What an operator asks.
        orders(Orders),
    }
}

/// Reads JSON: each function is the exact inverse of the one of that name in [`encode`].
pub mod decode {
    use scaling_core::controller::Decided;
    use scaling_core::failure::PolicyFailure;
    use scaling_core::intent::Settled;
    use scaling_core::memory::Memory;
    use scaling_core::observation::{Agent, Attribute, Input, Observation, PastAction, Replica, Series};
    use scaling_core::orders::Orders;
    use scaling_core::verdict::{ConfigIssue, Decision, Descriptor, State, StateChange, Verdict};
    use serde_json::Value;

    use crate::error::DecodeError;
    use crate::node::{Decode, Node};

    macro_rules! functions {
        ($($(#[$doc:meta])* $name:ident($type:ty)),* $(,)?) => {
            $($(#[$doc])* pub fn $name(value: &Value) -> Result<$type, DecodeError> { <$type>::decode(&Node::root(value)) })*
        };
    }

    functions! {
        /// Everything a policy may look at.
        observation(Observation),
        /// One answer of a policy.
        verdict(Verdict),
        /// Hold, add or remove.
        decision(Decision),
        /// Why there is no verdict.
        failure(PolicyFailure),
        /// Memory of a policy.
        state(State),
        /// What becomes of that memory.
        state_change(StateChange),
        /// What a policy says of itself.
        descriptor(Descriptor),
        /// What is wrong with a config.
        issue(ConfigIssue),
        /// All that is wrong with a config.
        issues(Vec<ConfigIssue>),
        /// A series that a policy wants to see.
        input(Input),
        /// All that it wants to see.
        inputs(Vec<Input>),
        /// One running copy.
        replica(Replica),
        /// A place where replicas run.
        agent(Agent),
        /// One indicator.
        series(Series),
        /// One entry of the history.
        past_action(PastAction),
        /// An extra.
        attribute(Attribute),
        /// A list of extras.
        attributes(Vec<Attribute>),
        /// What one tick decided.
        decided(Decided),
        /// All that a controller remembers.
        memory(Memory),
        /// How an intent ended.
        settled(Settled),
        /// What an operator asks.
        orders(Orders),
    }
}

//! Building an answer.

use crate::bindings::trimtab::policy::types as contract;
use crate::{Attribute, Decision, Failure, FailureKind, Observation, Placement, Removal, Signal, Stance};

/// What becomes of the policy's state.
#[derive(Clone, Debug, PartialEq)]
pub enum NextState<S> {
    /// As it was.
    Keep,
    /// This from now on.
    Remember(S),
    /// None from now on.
    Forget,
}

/// One answer: the WIT record `verdict` with a typed state.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict<S = ()> {
    /// What to do.
    pub decision: Decision,
    /// Replicas wanted beyond the decision that no agent can take.
    pub shortfall: u32,
    /// For people: what would you want to read at 3 a.m.? The host cuts it at 1 KiB.
    pub reason: String,
    /// What becomes of the policy's state.
    pub state: NextState<S>,
    /// Numbers to publish; see [`Policy::SIGNALS`](crate::Policy::SIGNALS).
    pub signals: Vec<Signal>,
    /// Milliseconds until the next evaluation, if not the interval; the host clamps it.
    pub again_in: Option<u32>,
    /// Extras.
    pub attributes: Vec<Attribute>,
}

impl<S> Verdict<S> {
    /// That decision, and the state as it was.
    pub fn new(decision: Decision, reason: impl Into<String>) -> Self {
        Self {
            decision,
            shortfall: 0,
            reason: reason.into(),
            state: NextState::Keep,
            signals: Vec::new(),
            again_in: None,
            attributes: Vec::new(),
        }
    }

    /// This size is right.
    pub fn hold(reason: impl Into<String>) -> Self {
        Self::new(Decision::Hold(Stance::Steady), reason)
    }

    /// No opinion now: no data, or not my hour.
    pub fn abstain(reason: impl Into<String>) -> Self {
        Self::new(Decision::Hold(Stance::Abstain), reason)
    }

    /// Adds at these places; holds if there are none.
    pub fn add(placements: impl IntoIterator<Item = Placement>, reason: impl Into<String>) -> Self {
        let placements: Vec<_> = placements.into_iter().filter(|placement| placement.count > 0).collect();
        if placements.is_empty() { Self::hold(reason) } else { Self::new(Decision::Add(placements), reason) }
    }

    /// Removes these; holds if there are none.
    pub fn remove(removals: impl IntoIterator<Item = Removal>, reason: impl Into<String>) -> Self {
        let removals: Vec<_> = removals.into_iter().filter(|removal| removal.count() > 0).collect();
        if removals.is_empty() { Self::hold(reason) } else { Self::new(Decision::Remove(removals), reason) }
    }

    /// Steers to `wanted` replicas within the bounds; where, and which, is left to the backend.
    pub fn resize(observation: &Observation, wanted: u32, reason: impl Into<String>) -> Self {
        let wanted = observation.bounds.clamp(wanted);
        if wanted >= observation.desired {
            Self::add([Placement::anywhere(wanted - observation.desired)], reason)
        } else {
            Self::remove([Removal::Any(observation.desired - wanted)], reason)
        }
    }

    /// Says that so many more are wanted than any agent can take.
    #[must_use]
    pub fn shortfall(self, count: u32) -> Self {
        Self { shortfall: count, ..self }
    }

    /// Publishes a number under a name of [`Policy::SIGNALS`](crate::Policy::SIGNALS).
    #[must_use]
    pub fn signal(mut self, name: impl Into<String>, value: f64) -> Self {
        self.signals.push(Signal { name: name.into(), value });
        self
    }

    /// Asks for the next evaluation in so many milliseconds.
    #[must_use]
    pub fn again_in(self, milliseconds: u32) -> Self {
        Self { again_in: Some(milliseconds), ..self }
    }

    /// Remembers this. A state that is as before costs nothing: the host is told to keep it.
    #[must_use]
    pub fn remember(self, state: S) -> Self {
        Self { state: NextState::Remember(state), ..self }
    }

    /// Remembers nothing from now on.
    #[must_use]
    pub fn forget(self) -> Self {
        Self { state: NextState::Forget, ..self }
    }
}

impl contract::Bounds {
    /// `count`, or the nearer end if it lies outside.
    pub fn clamp(self, count: u32) -> u32 {
        count.min(self.max).max(self.min)
    }
}

impl Failure {
    /// What was observed makes no sense.
    pub fn input(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Input, message: message.into() }
    }

    /// The config makes no sense.
    pub fn config(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Config, message: message.into() }
    }

    /// The state cannot be read or written.
    pub fn state(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::State, message: message.into() }
    }

    /// A fault of the policy's own.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: FailureKind::Internal, message: message.into() }
    }
}

//! The host's rules. They stand in one fixed line, and each may change the count only by pushing a reason.

use crate::memory::Memory;
use crate::observation::{Bounds, Origin};
use crate::orders::Orders;
use crate::reason::{Reason, ReasonKind};
use crate::spec::TargetSpec;
use crate::status::TargetStatus;
use crate::units::Timestamp;

mod bounds;
mod capacity;
mod cooldown;
mod fallback;
mod operator;
mod paused;
mod rate_limit;
mod stabilization;

/// What a guardrail may look at.
pub struct Context<'a> {
    /// When.
    pub now: Timestamp,
    /// What the operator asked of the target.
    pub spec: &'a TargetSpec,
    /// What he asks right now.
    pub orders: &'a Orders,
    /// What was.
    pub memory: &'a Memory,
    /// What is.
    pub status: &'a TargetStatus,
}

/// A size on its way through the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The desired size as it is.
    pub current: u32,
    /// The size that is wanted.
    pub wanted: u32,
    /// Who wants it.
    pub origin: Origin,
    /// Each step on the way.
    pub reasons: Vec<Reason>,
    /// Replicas wanted that no agent can take.
    pub shortfall: u32,
}

impl Proposal {
    /// Nothing wanted but what is.
    pub fn keep(current: u32, origin: Origin) -> Self {
        Self { current, wanted: current, origin, reasons: Vec::new(), shortfall: 0 }
    }

    /// Wants `to`, and says why. The only way to change the wanted size.
    pub fn want(&mut self, to: u32, kind: ReasonKind, message: impl Into<String>) {
        self.reasons.push(Reason { kind, from: self.wanted, to, message: message.into() });
        self.wanted = to;
    }

    fn grows(&self) -> bool {
        self.wanted > self.current
    }

    fn shrinks(&self) -> bool {
        self.wanted < self.current
    }

    /// A person's word and a missing verdict's stand-in are not slowed down.
    fn is_the_policys(&self) -> bool {
        self.origin == Origin::Policy
    }
}

/// The line. Who has the word, then how fast, then how many, then whether at all.
pub fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    fallback::apply(proposal, context);
    operator::apply(proposal, context);
    stabilization::apply(proposal, context);
    rate_limit::apply(proposal, context);
    cooldown::apply(proposal, context);
    bounds::apply(proposal, context);
    capacity::apply(proposal, context);
    paused::apply(proposal, context);
}

/// How long the past must be kept for the line to work.
pub fn memory_span(spec: &TargetSpec) -> std::time::Duration {
    let rails = &spec.guardrails;
    let periods = rails.rate_limit.up.rules.iter().chain(&rails.rate_limit.down.rules).map(|rate| rate.period);
    periods.chain([rails.cooldown.up, rails.cooldown.down]).max().unwrap_or_default()
}

fn bounds_text(bounds: Bounds) -> String {
    format!("{} to {}", bounds.min, bounds.max)
}

#[cfg(test)]
mod tests;

//! No verdict for too long: take the size that was set aside for that (KEDA's `fallback`).

use super::{Context, Proposal};
use crate::observation::Origin;
use crate::reason::ReasonKind;
use crate::spec::FallbackBehavior;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    let Some(fallback) = context.spec.guardrails.fallback else { return };
    if context.memory.unanswered < fallback.after {
        return;
    }
    let applies = match fallback.behavior {
        FallbackBehavior::Static => true,
        FallbackBehavior::IfHigher => fallback.replicas > proposal.current,
        FallbackBehavior::IfLower => fallback.replicas < proposal.current,
    };
    let to = if applies { fallback.replicas } else { proposal.current };
    proposal.origin = Origin::Guardrail;
    proposal.want(
        to,
        ReasonKind::Fallback,
        format!(
            "no verdict {} times in a row (limit {}): fallback size {}",
            context.memory.unanswered, fallback.after, fallback.replicas
        ),
    );
}

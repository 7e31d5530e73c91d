//! The smallest and the largest size. They hold whatever anybody says, a hold and a failure included.

use super::{Context, Proposal, bounds_text};
use crate::observation::Origin;
use crate::reason::ReasonKind;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    let bounds = context.spec.bounds;
    let inside = bounds.clamp(proposal.wanted);
    if inside == proposal.wanted {
        return;
    }
    let kind = if inside < proposal.wanted { ReasonKind::TooManyReplicas } else { ReasonKind::TooFewReplicas };
    let message = format!("{} is outside the bounds, {}", proposal.wanted, bounds_text(bounds));
    if bounds.clamp(proposal.current) != proposal.current {
        proposal.origin = Origin::Guardrail;
    }
    proposal.want(inside, kind, message);
}

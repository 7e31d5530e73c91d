//! A person fixed the size: that is the size, whatever the policy says.

use super::{Context, Proposal};
use crate::observation::Origin;
use crate::reason::ReasonKind;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    let Some(order) = &context.orders.size else { return };
    proposal.origin = Origin::Operator;
    let why = if order.reason.is_empty() { String::new() } else { format!(" ({})", order.reason) };
    proposal.want(
        order.replicas,
        ReasonKind::OperatorSize,
        format!("{} fixed the size at {}{why}; `release` gives it back to the policy", order.by, order.replicas),
    );
}

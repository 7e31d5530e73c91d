//! Paused, or in dry run: all is decided and said, and nothing is touched.

use super::{Context, Proposal};
use crate::reason::ReasonKind;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    if let Some(pause) = &context.orders.paused {
        let why = if pause.reason.is_empty() { String::new() } else { format!(" ({})", pause.reason) };
        proposal.want(proposal.current, ReasonKind::Paused, format!("paused by {}{why}", pause.by));
    } else if context.spec.guardrails.dry_run && proposal.wanted != proposal.current {
        let message = format!("dry run: {} to {} is not carried out", proposal.current, proposal.wanted);
        proposal.want(proposal.current, ReasonKind::DryRun, message);
    }
}

//! Stabilization windows, as the HPA's `behavior` has them.
//!
//! With `lo` the lowest recommendation in the up window and `hi` the highest in the down window, this one
//! included: the size becomes `min(max(current, lo), hi)`. A recommendation is the policy's wish before
//! any guardrail; an abstaining hold and a failure recommend nothing and change nothing here.

use std::time::Duration;

use super::{Context, Proposal};
use crate::memory::Recommendation;
use crate::reason::ReasonKind;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    if !proposal.is_the_policys() {
        return;
    }
    let windows = &context.spec.guardrails.stabilization;
    if proposal.grows() {
        let lowest = within(context, windows.up).min().unwrap_or(proposal.wanted).max(proposal.current);
        if lowest < proposal.wanted {
            let message = format!("a size of {lowest} was wanted within the last {:?}", windows.up);
            proposal.want(lowest, ReasonKind::ScaleUpStabilized, message);
        }
    } else if proposal.shrinks() {
        let highest = within(context, windows.down).max().unwrap_or(proposal.wanted).min(proposal.current);
        if highest > proposal.wanted {
            let message = format!("a size of {highest} was wanted within the last {:?}", windows.down);
            proposal.want(highest, ReasonKind::ScaleDownStabilized, message);
        }
    }
}

/// Those younger than the window, and this tick's own, which is the newest.
fn within(context: &Context<'_>, window: Duration) -> impl Iterator<Item = u32> {
    let recommendations = &context.memory.recommendations;
    let (now, newest) = (context.now, recommendations.len().saturating_sub(1));
    let counts = move |(index, entry): &(usize, &Recommendation)| *index == newest || now.since(entry.last) < window;
    recommendations.iter().enumerate().filter(counts).map(|(_, entry)| entry.replicas)
}

//! Rest after a change. Growth rests after growth; shrinking rests after any change, since what was just
//! added has not yet shown what it is good for.

use super::{Context, Proposal};
use crate::reason::ReasonKind;
use crate::units::Timestamp;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    if !proposal.is_the_policys() {
        return;
    }
    let cooldown = &context.spec.guardrails.cooldown;
    let (kind, rest, last) = if proposal.grows() {
        (ReasonKind::ScaleUpCooldown, cooldown.up, last_change(context, |delta| delta > 0))
    } else if proposal.shrinks() {
        (ReasonKind::ScaleDownCooldown, cooldown.down, last_change(context, |_| true))
    } else {
        return;
    };
    let Some(passed) = last.map(|at| context.now.since(at)) else { return };
    if passed < rest {
        let message = format!("the last change was {passed:?} ago, and the cooldown is {rest:?}");
        proposal.want(proposal.current, kind, message);
    }
}

fn last_change(context: &Context<'_>, counts: impl Fn(i32) -> bool) -> Option<Timestamp> {
    context.memory.resizes().filter(|change| counts(change.delta)).map(|change| change.at).max()
}

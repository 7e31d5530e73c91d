//! Growth ends where the agents' room ends; what is cut is the shortfall.

use super::{Context, Proposal};
use crate::placing::total_room;
use crate::reason::ReasonKind;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    if !proposal.grows() {
        return;
    }
    let Some(room) = total_room(&context.status.agents) else { return };
    let most = proposal.current.saturating_add(room);
    if proposal.wanted > most {
        let cut = proposal.wanted - most;
        proposal.shortfall = proposal.shortfall.saturating_add(cut);
        proposal.want(
            most,
            ReasonKind::CapacityExhausted,
            format!("the agents have room for {room} more; {cut} too few"),
        );
    }
}

//! Growth ends where the agents' room ends; what is cut is the shortfall.

use super::{Context, Proposal};
use crate::placing::total_room;
use crate::reason::ReasonKind;
use crate::recall::is_recallable;

pub(super) fn apply(proposal: &mut Proposal, context: &Context<'_>) {
    if !proposal.grows() {
        return;
    }
    let Some(room) = total_room(&context.status.agents) else { return };
    // Room is what is left beside those that are there; those that are yet to come take of it too.
    let stays = context.status.staying().count() as u32;
    // Those that can be taken back need none.
    let back = context.status.replicas.iter().filter(|replica| is_recallable(replica)).count() as u32;
    let room = room.saturating_add(back).saturating_sub(proposal.current.saturating_sub(stays));
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

//! What an order does to the roster. Pure.

use scaling_core::status::{Action, Order, Victim};
use scaling_core::units::TargetName;

use super::boot::Uptime;
use super::roster::Roster;
use crate::backend::order::{Acceptance, Accepted, Limits, Refusal, is_repetition};

/// What orders are judged by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Of which target.
    pub target: TargetName,
    /// Where, and how many.
    pub limits: Limits,
}

/// Writes an order into the roster, all of it or nothing.
pub fn accept(roster: &mut Roster, order: &Order, rules: &Rules, now: Uptime) -> Result<Acceptance, Refusal> {
    if is_repetition(roster.last_order.as_ref(), order)? {
        return Ok(Acceptance::Repeated);
    }
    match &order.action {
        Action::Add(addition) => {
            // Nothing here can be taken back once it was told to end: whoever asks for that gets a new one.
            let new = addition.size();
            rules.limits.allow(order, roster.replicas.len(), new)?;
            (0..new).for_each(|_| roster.hire(now));
        }
        Action::Remove(victims) => remove(roster, victims, rules, now),
    }
    roster.last_order = Some(Accepted::from(order));
    Ok(Acceptance::Taken)
}

/// A victim that is not on the roster is gone already, which is what was wanted.
fn remove(roster: &mut Roster, victims: &[Victim], rules: &Rules, now: Uptime) {
    for victim in victims {
        let number = roster.replicas.iter().find(|entry| entry.id(&rules.target) == victim.replica);
        if let Some(number) = number.map(|entry| entry.number) {
            roster.dismiss(number, now);
        }
    }
}

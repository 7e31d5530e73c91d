//! What an order does to the roster. Pure.

use std::collections::BTreeSet;

use scaling_core::status::{Action, Addition, Order, Victim};
use scaling_core::units::Timestamp;

use super::config::Numbering;
use super::roster::Roster;
use super::template::{Instance, Template};
use crate::backend::order::{Acceptance, Accepted, Limits, Refusal, is_repetition};

/// What orders are judged by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whose instances.
    pub template: Template,
    /// Which numbers they have.
    pub numbering: Numbering,
    /// Where, and how many.
    pub limits: Limits,
}

/// Writes an order into the roster, all of it or nothing. A new instance gets none of the numbers in `avoid`.
pub fn accept(
    roster: &mut Roster,
    order: &Order,
    rules: &Rules,
    avoid: &BTreeSet<Instance>,
    now: Timestamp,
) -> Result<Acceptance, Refusal> {
    if is_repetition(roster.last_order.as_ref(), order)? {
        return Ok(Acceptance::Repeated);
    }
    match (&order.action, rules.numbering) {
        (action, Numbering::Contiguous) => renumber(roster, order, action, rules, now)?,
        (Action::Add(addition), Numbering::Any) => add(roster, order, addition, rules, avoid)?,
        (Action::Remove(victims), Numbering::Any) => remove(roster, victims, rules, now),
    }
    roster.last_order = Some(Accepted::from(order));
    Ok(Acceptance::Taken)
}

/// `draksetup scale N`: 1 to N stay or come, all others go.
fn renumber(roster: &mut Roster, order: &Order, action: &Action, rules: &Rules, now: Timestamp) -> Result<(), Refusal> {
    let size = roster.staying().count() as i64 + i64::from(action.delta());
    let wanted: BTreeSet<Instance> = (1..=u32::try_from(size).unwrap_or(0)).map(Instance::number).collect();
    let new = wanted.iter().filter(|instance| roster.entry(instance).is_none()).count() as u64;
    rules.limits.allow(order, roster.entries.len(), new)?;
    roster.keep_exactly(&wanted, now);
    Ok(())
}

/// Those that can be taken back are; for the others there are new ones.
fn add(
    roster: &mut Roster,
    order: &Order,
    addition: &Addition,
    rules: &Rules,
    avoid: &BTreeSet<Instance>,
) -> Result<(), Refusal> {
    let (back, gone): (Vec<_>, Vec<_>) = addition
        .recall
        .iter()
        .map(|id| roster.entries.iter().find(|entry| rules.template.replica(&entry.instance) == *id))
        .partition(Option::is_some);
    let back: Vec<Instance> = back.into_iter().flatten().map(|entry| entry.instance.clone()).collect();
    let new = addition.new_ones() + gone.len() as u64;
    rules.limits.allow(order, roster.entries.len(), new)?;
    for instance in back {
        roster.keep(&instance);
    }
    for _ in 0..new {
        let instance = lowest_free(roster, avoid);
        roster.keep(&instance);
    }
    Ok(())
}

/// A victim that is not on the roster is gone already, which is what was wanted.
fn remove(roster: &mut Roster, victims: &[Victim], rules: &Rules, now: Timestamp) {
    let named = |instance: &&Instance| {
        let replica = rules.template.replica(instance);
        victims.iter().any(|victim| victim.replica == replica)
    };
    let going: Vec<Instance> = roster.staying().filter(named).cloned().collect();
    for instance in going {
        roster.dismiss(&instance, now);
    }
}

/// The lowest number that nobody has.
pub fn lowest_free(roster: &Roster, avoid: &BTreeSet<Instance>) -> Instance {
    let is_free = |instance: &Instance| roster.entry(instance).is_none() && !avoid.contains(instance);
    (1..=u32::MAX).map(Instance::number).find(is_free).unwrap_or_else(|| Instance::number(u32::MAX))
}

//! What an order does to the roster, and why one is refused. Pure.

use scaling_core::status::{Action, Addition, Order, Victim};
use scaling_core::units::{AgentId, Generation, TargetName};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::boot::Uptime;
use super::roster::Roster;

/// An order that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Accepted {
    /// Its generation.
    pub generation: u64,
    /// What it said, in words: tells a repetition from another order with the same number.
    pub action: String,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// The roster says it now.
    Taken,
    /// It was taken before; nothing changed.
    Repeated,
}

/// Why an order was not taken. Nothing of it is done.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// It comes too late, or the host forgot its generations.
    #[error(
        "order {given} is older than order {last}, the last one taken here; if the host's journal was lost, \
         generations must go on above {last}"
    )]
    Old {
        /// Of the order.
        given: u64,
        /// Of the last one taken.
        last: u64,
    },
    /// The same number, and something else.
    #[error("order {generation} says {given:?}, but the order taken here with that number said {taken:?}")]
    Another {
        /// Of both.
        generation: u64,
        /// What this one says.
        given: String,
        /// What the one taken said.
        taken: String,
    },
    /// It names another place.
    #[error("this backend is agent {own:?} and can't place a replica on agent {given:?}")]
    ForeignAgent {
        /// This one.
        own: String,
        /// The one named.
        given: String,
    },
    /// There is no room.
    #[error("{there} replicas are here and {more} more would exceed replica-limit = {limit}")]
    Full {
        /// Those on their way out counted.
        there: u64,
        /// Asked for.
        more: u64,
        /// The limit.
        limit: u32,
    },
}

/// What orders are judged by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Of which target.
    pub target: TargetName,
    /// This place.
    pub agent: AgentId,
    /// Most replicas.
    pub replica_limit: Option<u32>,
}

/// Writes an order into the roster, all of it or nothing.
pub fn accept(roster: &mut Roster, order: &Order, rules: &Rules, now: Uptime) -> Result<Acceptance, Refusal> {
    if is_repetition(roster, order)? {
        return Ok(Acceptance::Repeated);
    }
    match &order.action {
        Action::Add(addition) => add(roster, addition, rules, now)?,
        Action::Remove(victims) => remove(roster, victims, rules, now),
    }
    let Generation(generation) = order.generation;
    roster.last_order = Some(Accepted { generation, action: in_words(&order.action) });
    Ok(Acceptance::Taken)
}

fn is_repetition(roster: &Roster, order: &Order) -> Result<bool, Refusal> {
    let Some(last) = &roster.last_order else { return Ok(false) };
    let Generation(given) = order.generation;
    if given > last.generation {
        return Ok(false);
    }
    if given < last.generation {
        return Err(Refusal::Old { given, last: last.generation });
    }
    let words = in_words(&order.action);
    if words == last.action {
        return Ok(true);
    }
    Err(Refusal::Another { generation: given, given: words, taken: last.action.clone() })
}

fn add(roster: &mut Roster, addition: &Addition, rules: &Rules, now: Uptime) -> Result<(), Refusal> {
    if let Some(foreign) = addition.start.iter().filter_map(|p| p.agent.as_ref()).find(|agent| **agent != rules.agent) {
        return Err(Refusal::ForeignAgent { own: rules.agent.to_string(), given: foreign.to_string() });
    }
    let there = roster.replicas.len() as u64;
    // Nothing here can be taken back once it was told to end: whoever asks for that gets a new one.
    let more = addition.size();
    if let Some(limit) = rules.replica_limit
        && there.saturating_add(more) > u64::from(limit)
    {
        return Err(Refusal::Full { there, more, limit });
    }
    for _ in 0..more {
        roster.hire(now);
    }
    Ok(())
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

fn in_words(action: &Action) -> String {
    match action {
        Action::Add(addition) => format!("add {}", addition.size()),
        Action::Remove(victims) => {
            let names: Vec<&str> = victims.iter().map(|victim| victim.replica.as_str()).collect();
            format!("remove {}", names.join(" "))
        }
    }
}

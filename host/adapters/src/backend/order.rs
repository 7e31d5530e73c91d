//! What every backend asks of an order before it takes it. Pure.

use scaling_core::status::{Action, Order};
use scaling_core::units::{AgentId, Generation};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::BackendError;

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

impl From<Refusal> for BackendError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// What a backend takes additions by.
#[derive(Clone, Debug)]
pub struct Limits {
    /// This place.
    pub agent: AgentId,
    /// Most replicas.
    pub replica_limit: Option<u32>,
}

impl Limits {
    /// Whether `new` more may be placed beside those that are `there`.
    pub fn allow(&self, order: &Order, there: usize, new: u64) -> Result<(), Refusal> {
        let Action::Add(addition) = &order.action else { return Ok(()) };
        let named = addition.start.iter().filter_map(|placement| placement.agent.as_ref());
        if let Some(foreign) = named.into_iter().find(|agent| **agent != self.agent) {
            return Err(Refusal::ForeignAgent { own: self.agent.to_string(), given: foreign.to_string() });
        }
        let there = there as u64;
        match self.replica_limit {
            Some(limit) if there.saturating_add(new) > u64::from(limit) => {
                Err(Refusal::Full { there, more: new, limit })
            }
            _ => Ok(()),
        }
    }
}

/// Whether the order was taken before. One that is older, or another with the same number, is refused.
pub fn is_repetition(last: Option<&Accepted>, order: &Order) -> Result<bool, Refusal> {
    let Some(last) = last else { return Ok(false) };
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

impl From<&Order> for Accepted {
    fn from(order: &Order) -> Self {
        let Generation(generation) = order.generation;
        Self { generation, action: in_words(&order.action) }
    }
}

fn in_words(action: &Action) -> String {
    match action {
        Action::Add(addition) if addition.recall.is_empty() => format!("add {}", addition.new_ones()),
        Action::Add(addition) => format!("add {}, recall {}", addition.new_ones(), joined(&addition.recall)),
        Action::Remove(victims) => format!("remove {}", joined(victims.iter().map(|victim| &victim.replica))),
    }
}

fn joined<'a>(ids: impl IntoIterator<Item = &'a scaling_core::units::ReplicaId>) -> String {
    ids.into_iter().map(scaling_core::units::ReplicaId::as_str).collect::<Vec<_>>().join(" ")
}

//! What the host decided and why: intents, reasons, settlements, standing orders.

use scaling_core::controller::Decided;
use scaling_core::intent::{Intent, Settled};
use scaling_core::orders::{Orders, Pause, SizeOrder};
use scaling_core::reason::{Reason, ReasonKind};
use scaling_core::status::{Action, Addition, Victim};
use scaling_core::units::Generation;

use crate::error::DecodeError;
use crate::node::{Decode, Node};
use crate::record::record;
use crate::words::not_among;
use crate::write::{Encode, case, word};

record! { Decided {
    need now: "now",
    need before: "before",
    need desired: "desired",
    list reasons: "reasons",
    some intent: "intent",
    or(0) shortfall: "shortfall",
    some again_in: "again-in",
} }

record! { Reason { need kind: "kind", need from: "from", need to: "to", or(String::new()) message: "message" } }

record! { Intent {
    need generation: "generation",
    need at: "at",
    need origin: "origin",
    or(false) repair: "repair",
    need action: "action",
    set known: "known",
    set claimed: "claimed",
    set spared: "spared",
    set forced: "forced",
    set gone: "gone",
} }

record! { Settled { need generation: "generation", need outcome: "outcome", need achieved: "achieved", need at: "at" } }

record! { Addition { list recall: "recall", list start: "start" } }

record! { Victim { need replica: "replica", some agent: "agent" } }

record! { Orders { some paused: "paused", some size: "size" } }

record! { Pause { need at: "at", need by: "by", or(String::new()) reason: "reason" } }

record! { SizeOrder { need replicas: "replicas", need at: "at", need by: "by", or(String::new()) reason: "reason" } }

impl Encode for Action {
    fn encode(&self, out: &mut String) {
        match self {
            Self::Add(addition) => case(out, "add", addition),
            Self::Remove(victims) => case(out, "remove", victims),
        }
    }
}

impl Decode for Action {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.case(&["add", "remove"], |case, payload| match case {
            "add" => Ok(Self::Add(Decode::decode(payload)?)),
            _ => Ok(Self::Remove(Decode::decode(payload)?)),
        })
    }
}

impl Encode for ReasonKind {
    fn encode(&self, out: &mut String) {
        word(out, self.label());
    }
}

impl Decode for ReasonKind {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.value.as_str().and_then(Self::from_label).ok_or_else(|| not_among(node, &Self::ALL.map(Self::label)))
    }
}

impl Encode for Generation {
    fn encode(&self, out: &mut String) {
        self.0.encode(out);
    }
}

impl Decode for Generation {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        u64::decode(node).map(Self)
    }
}

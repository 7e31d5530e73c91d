//! Verdicts, decisions, states and failures.
//!
//! Defaults of a verdict: no shortfall, an empty reason, the state kept.

use scaling_core::failure::PolicyFailure;
use scaling_core::units::AgentId;
use scaling_core::verdict::{Decision, Placement, Removal, Signal, State, StateChange, Verdict};

use crate::error::DecodeError;
use crate::node::{Decode, Node};
use crate::record::record;
use crate::scalars::Bytes;
use crate::words::not_among;
use crate::write::{Encode, Object, case, word};

record! { Verdict {
    need decision: "decision",
    or(0) shortfall: "shortfall",
    or(String::new()) reason: "reason",
    or(StateChange::Keep) state: "state",
    list signals: "signals",
    some again_in: "again-in",
    list attributes: "attributes",
} }

record! { Signal { need name: "name", need value: "value" } }
record! { Placement { some agent: "agent", need count: "count" } }
record! { PolicyFailure { need kind: "kind", or(String::new()) message: "message" } }

impl Encode for Decision {
    fn encode(&self, out: &mut String) {
        match self {
            Self::Hold(stance) => case(out, "hold", stance),
            Self::Add(placements) => case(out, "add", placements),
            Self::Remove(removals) => case(out, "remove", removals),
        }
    }
}

impl Decode for Decision {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.case(&["hold", "add", "remove"], |case, payload| match case {
            "hold" => Ok(Self::Hold(Decode::decode(payload)?)),
            "add" => Ok(Self::Add(Decode::decode(payload)?)),
            _ => Ok(Self::Remove(Decode::decode(payload)?)),
        })
    }
}

/// The contract's record of that name: so many on one agent.
struct Share {
    agent: AgentId,
    count: u32,
}

record! { Share { need agent: "agent", need count: "count" } }

impl Encode for Removal {
    fn encode(&self, out: &mut String) {
        match self {
            Self::Replica(id) => case(out, "replica", id),
            Self::OnAgent(agent, count) => case(out, "on-agent", &Share { agent: agent.clone(), count: *count }),
            Self::Any(count) => case(out, "any", count),
        }
    }
}

impl Decode for Removal {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.case(&["replica", "on-agent", "any"], |case, payload| match case {
            "replica" => Ok(Self::Replica(Decode::decode(payload)?)),
            "on-agent" => Share::decode(payload).map(|share| Self::OnAgent(share.agent, share.count)),
            _ => Ok(Self::Any(Decode::decode(payload)?)),
        })
    }
}

impl Encode for State {
    fn encode(&self, out: &mut String) {
        let mut object = Object::open(out);
        object.need("layout", &self.layout);
        object.or("data", &Bytes(self.data.as_slice()), &Bytes([].as_slice()));
        object.close();
    }
}

impl Decode for State {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        let fields = node.fields(&["layout", "data"])?;
        Ok(Self { layout: fields.need("layout")?, data: fields.or("data", &Bytes(Vec::new()))?.0 })
    }
}

impl Encode for StateChange {
    fn encode(&self, out: &mut String) {
        match self {
            Self::Keep => word(out, "keep"),
            Self::Set(state) => case(out, "set", state),
            Self::Clear => word(out, "clear"),
        }
    }
}

impl Decode for StateChange {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        match node.value.as_str() {
            Some("keep") => Ok(Self::Keep),
            Some("clear") => Ok(Self::Clear),
            Some(_) => Err(not_among(node, &["keep", "clear"])),
            None => node.case(&["set"], |_, payload| State::decode(payload).map(Self::Set)),
        }
    }
}

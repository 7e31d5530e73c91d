//! Replicas, what they use, and attributes.
//!
//! Defaults: a replica is `ready` since `now`, and what it uses is not known.

use scaling_core::observation::{Attribute, Replica, ReplicaState, Scalar, Usage};

use crate::error::DecodeError;
use crate::node::{Decode, Node};
use crate::record::record;
use crate::write::{Encode, case};

record! { Replica {
    need id: "id",
    some agent: "agent",
    usual(ReplicaState::Ready) state: "state",
    some started: "started",
    or_now since: "since",
    or(Usage::default()) usage: "usage",
    list attributes: "attributes",
} }

record! { Usage {
    some at: "at",
    some cpu_cores: "cpu-cores",
    some memory_bytes: "memory-bytes",
    some threads: "threads",
    some page_faults: "page-faults",
    some jobs: "jobs",
} }

record! { Attribute { need key: "key", need value: "value" } }

impl Encode for Scalar {
    fn encode(&self, out: &mut String) {
        match self {
            Self::Flag(flag) => case(out, "flag", flag),
            Self::Int(int) => case(out, "int", int),
            Self::Num(num) => case(out, "num", num),
            Self::Text(text) => case(out, "text", text),
        }
    }
}

impl Decode for Scalar {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.case(&["flag", "int", "num", "text"], |case, payload| match case {
            "flag" => Ok(Self::Flag(Decode::decode(payload)?)),
            "int" => Ok(Self::Int(Decode::decode(payload)?)),
            "num" => Ok(Self::Num(Decode::decode(payload)?)),
            _ => Ok(Self::Text(Decode::decode(payload)?)),
        })
    }
}

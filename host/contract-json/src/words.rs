//! Enums: a bare string each. One table, both directions.

use scaling_core::failure::FailureKind;
use scaling_core::observation::{AgentState, Origin, Outcome, Quality, ReplicaState, SubjectKind};
use scaling_core::verdict::Stance;

use crate::error::DecodeError;
use crate::nearest::nearest;
use crate::node::{Decode, Node, listed};
use crate::write::{Encode, word};

macro_rules! words {
    ($type:ident { $($variant:ident: $word:literal),* $(,)? }) => {
        impl Encode for $type {
            fn encode(&self, out: &mut String) {
                word(out, match self { $(Self::$variant => $word,)* });
            }
        }

        impl Decode for $type {
            fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
                match node.value.as_str() {
                    $(Some($word) => Ok(Self::$variant),)*
                    _ => Err(not_among(node, &[$($word),*])),
                }
            }
        }
    };
}

words! { Quality { Fresh: "fresh", Stale: "stale", Partial: "partial", Absent: "absent" } }
words! { ReplicaState {
    Starting: "starting", Ready: "ready", Unhealthy: "unhealthy", Draining: "draining",
    Failed: "failed", Unknown: "unknown", Other: "other",
} }
words! { AgentState { Open: "open", Cordoned: "cordoned", Unreachable: "unreachable", Other: "other" } }
words! { Outcome {
    Pending: "pending", Succeeded: "succeeded", Partial: "partial", Failed: "failed",
    Cancelled: "cancelled", Refused: "refused", Other: "other",
} }
words! { Origin {
    Policy: "policy", Guardrail: "guardrail", Operator: "operator", External: "external", Other: "other",
} }
words! { SubjectKind { Target: "target", Agent: "agent", Replica: "replica" } }
words! { Stance { Steady: "steady", Abstain: "abstain" } }

impl Encode for FailureKind {
    fn encode(&self, out: &mut String) {
        word(out, self.label());
    }
}

impl Decode for FailureKind {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.value.as_str().and_then(Self::from_label).ok_or_else(|| not_among(node, &Self::ALL.map(Self::label)))
    }
}

/// An error that lists the words there are, or names the one that was meant.
pub(crate) fn not_among(node: &Node<'_>, words: &[&str]) -> DecodeError {
    let meant = node.value.as_str().and_then(|word| nearest(word, words));
    let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    let DecodeError { pointer, message } = node.expected(&listed(words));
    DecodeError { pointer, message: message + &hint }
}

//! Numbers, text, time, names and lists.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use scaling_core::units::{AgentId, ReplicaId, TargetName, Timestamp, Value, millis};

use crate::error::DecodeError;
use crate::node::{Decode, Node};
use crate::write::{Encode, append, float, text};

macro_rules! whole {
    ($($type:ident),*) => {$(
        impl Encode for $type {
            fn encode(&self, out: &mut String) {
                append(out, format_args!("{self}"));
            }
        }

        impl Decode for $type {
            fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
                let number = node.value.as_i64().map(i128::from).or_else(|| node.value.as_u64().map(i128::from));
                number
                    .and_then(|number| Self::try_from(number).ok())
                    .ok_or_else(|| node.expected(&format!("a whole number from {} to {}", Self::MIN, Self::MAX)))
            }
        }
    )*};
}

whole!(u32, i32, u64, i64);

impl Encode for bool {
    fn encode(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Decode for bool {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.value.as_bool().ok_or_else(|| node.expected("true or false"))
    }
}

impl Encode for Value {
    fn encode(&self, out: &mut String) {
        float(out, self.get());
    }
}

impl Decode for Value {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.value.as_f64().and_then(Self::new).ok_or_else(|| node.expected("a finite number"))
    }
}

impl Encode for str {
    fn encode(&self, out: &mut String) {
        text(out, self);
    }
}

impl Encode for String {
    fn encode(&self, out: &mut String) {
        text(out, self);
    }
}

impl Decode for String {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.text().map(str::to_owned)
    }
}

macro_rules! name {
    ($($type:ident),*) => {$(
        impl Encode for $type {
            fn encode(&self, out: &mut String) {
                text(out, &self.0);
            }
        }

        impl Decode for $type {
            fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
                node.text().map(Self::from)
            }
        }
    )*};
}

name!(AgentId, ReplicaId, TargetName);

/// Milliseconds since the Unix epoch.
impl Encode for Timestamp {
    fn encode(&self, out: &mut String) {
        self.0.encode(out);
    }
}

impl Decode for Timestamp {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.value.as_u64().map(Self).ok_or_else(|| node.expected("a time, in whole milliseconds since 1970"))
    }
}

/// Milliseconds, 32 bits as in the contract; longer spans are cut to that.
impl Encode for Duration {
    fn encode(&self, out: &mut String) {
        millis(*self).min(u64::from(u32::MAX)).encode(out);
    }
}

impl Decode for Duration {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        let millis = node.value.as_u64().and_then(|millis| u32::try_from(millis).ok());
        millis
            .map(|millis| Self::from_millis(u64::from(millis)))
            .ok_or_else(|| node.expected("a duration, in whole milliseconds below 2^32"))
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, out: &mut String) {
        out.push('[');
        for (index, element) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            element.encode(out);
        }
        out.push(']');
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, out: &mut String) {
        self.as_slice().encode(out);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        node.elements(T::decode)
    }
}

/// `list<u8>`: base64 with padding.
#[derive(Clone, PartialEq)]
pub(crate) struct Bytes<B>(pub B);

impl<B: AsRef<[u8]>> Encode for Bytes<B> {
    fn encode(&self, out: &mut String) {
        out.push('"');
        BASE64.encode_string(&self.0, out);
        out.push('"');
    }
}

impl Decode for Bytes<Vec<u8>> {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        BASE64.decode(node.text()?).map(Self).map_err(|_| node.expected("padded base64"))
    }
}

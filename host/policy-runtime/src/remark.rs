//! What the host did to a verdict that is otherwise good.

use std::fmt;

use crate::text::cut;

/// Longest part of an untrusted name that a remark repeats.
const NAME_BYTES: usize = 64;

/// Something in a verdict was changed or left out. The decision never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The reason was too long.
    ReasonCut {
        /// As the policy gave it.
        bytes: usize,
    },
    /// A signal was left out.
    SignalDropped {
        /// Its name, cut to 64 bytes.
        name: String,
        /// Why.
        why: Dropped,
    },
    /// An attribute was left out.
    AttributeDropped {
        /// Its key, cut to 64 bytes.
        key: String,
        /// Why.
        why: Dropped,
    },
}

/// Why something was left out of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// NaN or infinite.
    NotFinite,
    /// Not among the descriptor's signals.
    Undeclared,
    /// The name was there already.
    Twice,
    /// The key is empty, or it or the text is too long.
    TooLong,
    /// There were too many before it.
    TooMany,
}

impl Remark {
    pub(crate) fn signal(name: &str, why: Dropped) -> Self {
        Self::SignalDropped { name: cut(name, NAME_BYTES).to_owned(), why }
    }

    pub(crate) fn attribute(key: &str, why: Dropped) -> Self {
        Self::AttributeDropped { key: cut(key, NAME_BYTES).to_owned(), why }
    }

    /// One word: a metric label.
    pub fn label(&self) -> &'static str {
        match self {
            Self::ReasonCut { .. } => "reason-cut",
            Self::SignalDropped { .. } => "signal-dropped",
            Self::AttributeDropped { .. } => "attribute-dropped",
        }
    }
}

impl Dropped {
    /// One word.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotFinite => "not-finite",
            Self::Undeclared => "undeclared",
            Self::Twice => "twice",
            Self::TooLong => "too-long",
            Self::TooMany => "too-many",
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReasonCut { bytes } => write!(f, "the reason of {bytes} bytes was cut"),
            Self::SignalDropped { name, why } => write!(f, "signal {name:?} was left out: {}", why.label()),
            Self::AttributeDropped { key, why } => write!(f, "attribute {key:?} was left out: {}", why.label()),
        }
    }
}

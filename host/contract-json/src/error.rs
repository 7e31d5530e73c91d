//! What is wrong with a piece of JSON, and where.

use std::fmt;

/// A value is not what the contract has in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// JSON Pointer (RFC 6901) to the value; empty for the whole.
    pub pointer: String,
    /// What was expected there and what was found.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.pointer, self.message)
        }
    }
}

impl std::error::Error for DecodeError {}

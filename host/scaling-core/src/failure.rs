//! How an evaluation may fail. A failure is a value that leads to a hold.

use std::fmt;

/// What kind of failure; also a metric label and a word in the JSON form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// The policy gave up: its input.
    Input,
    /// The policy gave up: its config.
    Config,
    /// The policy gave up: its state.
    State,
    /// The policy gave up: a fault of its own.
    Internal,
    /// It trapped: unreachable, division by zero, out of bounds ...
    Trap,
    /// It used up its fuel.
    Fuel,
    /// It ran past its deadline (the backstop; not reproducible).
    Deadline,
    /// It overran its stack (not reproducible).
    Stack,
    /// It wanted more memory, tables or instances than allowed.
    Memory,
    /// It moved more data over the border than allowed.
    Transfer,
    /// What it returned is malformed.
    Malformed,
    /// What it returned is well-formed and makes no sense.
    Invalid,
    /// It ended itself (`exit`).
    Exit,
    /// The host could not run it: no slot, no thread.
    Host,
}

impl FailureKind {
    /// All kinds, for metrics that name each.
    pub const ALL: [Self; 14] = [
        Self::Input,
        Self::Config,
        Self::State,
        Self::Internal,
        Self::Trap,
        Self::Fuel,
        Self::Deadline,
        Self::Stack,
        Self::Memory,
        Self::Transfer,
        Self::Malformed,
        Self::Invalid,
        Self::Exit,
        Self::Host,
    ];

    /// One word, stable.
    pub fn label(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Config => "config",
            Self::State => "state",
            Self::Internal => "internal",
            Self::Trap => "trap",
            Self::Fuel => "fuel",
            Self::Deadline => "deadline",
            Self::Stack => "stack",
            Self::Memory => "memory",
            Self::Transfer => "transfer",
            Self::Malformed => "malformed",
            Self::Invalid => "invalid",
            Self::Exit => "exit",
            Self::Host => "host",
        }
    }

    /// The kind of that label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
    }

    /// Whether the policy itself said so, by the contract's `failure`.
    pub fn is_the_policys_own(self) -> bool {
        matches!(self, Self::Input | Self::Config | Self::State | Self::Internal)
    }

    /// Whether a replay must come to the same failure.
    pub fn is_reproducible(self) -> bool {
        !matches!(self, Self::Deadline | Self::Stack | Self::Host)
    }
}

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFailure {
    /// What kind.
    pub kind: FailureKind,
    /// For people; at most 1 KiB.
    pub message: String,
}

impl fmt::Display for PolicyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.label(), self.message)
    }
}

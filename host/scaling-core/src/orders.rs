//! What an operator asks of a target right now; stays until he takes it back.

use crate::units::Timestamp;

/// Standing orders of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Change nothing.
    pub paused: Option<Pause>,
    /// Keep this size, whatever the policy says.
    pub size: Option<SizeOrder>,
}

/// Change nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub at: Timestamp,
    /// Who ordered it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Keep a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeOrder {
    /// The size.
    pub replicas: u32,
    /// Since when.
    pub at: Timestamp,
    /// Who ordered it.
    pub by: String,
    /// Why.
    pub reason: String,
}

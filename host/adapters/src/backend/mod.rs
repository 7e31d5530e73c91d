//! Backends: where replicas run. Two verbs: observe, and carry out an order.

mod blocking;
mod bulletin;
pub mod checkpoint;
mod error;
mod hand_over;
pub mod memory;
mod order;
mod platform;
mod probe;
pub mod process;
mod restart;
mod store;
pub mod systemd;

use async_trait::async_trait;
pub use error::OpenError;
pub use restart::Restart;
use scaling_core::status::{Order, TargetStatus};
use scaling_core::units::Timestamp;
use thiserror::Error;

/// Reads the status of one target and changes its size.
///
/// Whoever builds a backend also gives it a `tokio::sync::Notify` to nudge the control loop with when
/// something changed; a nudge carries no data.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What is there now. Bounded in time by the backend itself.
    async fn observe(&self, now: Timestamp) -> Result<TargetStatus, BackendError>;

    /// Starts what was decided and returns as soon as it is sure to be carried out or known not to be;
    /// how it goes is seen in the next [`Backend::observe`]. The same generation twice is one order.
    async fn carry_out(&self, order: &Order) -> Result<(), BackendError>;
}

/// The name of this machine as an agent, unless the config gives another.
fn this_machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Why a backend could not be read or did not take an order.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BackendError {
    /// It did not answer.
    #[error("{what} did not answer within {limit_ms} ms")]
    Timeout {
        /// Who.
        what: String,
        /// How long it was given.
        limit_ms: u64,
    },
    /// It can't be reached.
    #[error("{0}")]
    Unreachable(String),
    /// It answered, and refused.
    #[error("{0}")]
    Refused(String),
}

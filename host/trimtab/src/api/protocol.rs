//! What is said over the command socket: one JSON line asked, one or more JSON lines answered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a client asks.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// One line for each target.
    Status,
    /// All that is known of one target.
    Explain {
        /// Which.
        target: String,
    },
    /// Events after a number; with `follow`, also those to come.
    Events {
        /// Only of this target.
        target: Option<String>,
        /// After this number; 0 for all.
        after: i64,
        /// Go on.
        follow: bool,
    },
    /// Change nothing until resumed.
    Pause {
        /// Which.
        target: String,
        /// Why.
        reason: String,
    },
    /// Go on.
    Resume {
        /// Which.
        target: String,
    },
    /// Keep this size until released. The answer has the target as it was `before`, and the number of the `event` that
    /// tells of the order.
    Scale {
        /// Which.
        target: String,
        /// The size.
        replicas: u32,
        /// Why.
        reason: String,
    },
    /// Give the size back to the policy.
    Release {
        /// Which.
        target: String,
    },
}

/// What the daemon answers.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// What was asked for.
    Ok(Value),
    /// Why not.
    Refused(Refusal),
}

/// Why not.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Refusal {
    /// What kind.
    pub kind: RefusalKind,
    /// For people.
    pub message: String,
}

/// What kind of refusal; each has an exit code.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// There is no such target.
    NoSuchTarget,
    /// The request makes no sense.
    BadRequest,
    /// This user may not.
    NotAllowed,
    /// It could not be written down.
    Journal,
}

//! Whether what a policy says makes sense.
//!
//! Well-formed nonsense (a victim that does not exist, a placement of none) is
//! [`FailureKind::Invalid`]: the host holds, and the message says exactly what was wrong. Decoration
//! that is wrong (a signal nobody declared, a reason too long) is left out with a
//! [`Remark`](crate::Remark) and costs the policy nothing else.

mod decision;
mod decoration;
mod descriptor;
mod inputs;
mod state;
mod verdict;

pub(crate) use self::descriptor::check as descriptor;
pub(crate) use self::inputs::{inputs, issues};
pub(crate) use self::state::{layout as state_layout, migratable, new as new_state};
pub(crate) use self::verdict::check as verdict;

use scaling_core::failure::{FailureKind, PolicyFailure};

/// Nonsense, and which.
fn invalid(message: impl Into<String>) -> PolicyFailure {
    PolicyFailure { kind: FailureKind::Invalid, message: message.into() }
}

//! Asking for series.

use crate::{Input, SubjectKind};

impl Input {
    /// The last minute of an indicator of the whole target. Absent, the policy is called all the same.
    pub fn of_target(name: impl Into<String>) -> Self {
        Self { name: name.into(), subject: SubjectKind::Target, window: 60_000, required: false }
    }

    /// The same of every agent, or of every replica.
    #[must_use]
    pub fn about(self, subject: SubjectKind) -> Self {
        Self { subject, ..self }
    }

    /// Reaching so many milliseconds back.
    #[must_use]
    pub fn reaching(self, milliseconds: u32) -> Self {
        Self { window: milliseconds, ..self }
    }

    /// If it is absent, the host holds without calling.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

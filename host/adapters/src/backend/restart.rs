//! How soon a replica that ended by itself is started again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// How soon a replica that ended by itself is started again: `min`, doubled with each end in a row up to `max`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Restart {
    /// The first wait.
    pub min: Span,
    /// The longest wait.
    pub max: Span,
    /// One that ran for so long starts with the first wait again.
    pub reset_after: Span,
}

impl Default for Restart {
    fn default() -> Self {
        let seconds = |count| Span::from(Duration::from_secs(count));
        Self { min: seconds(1), max: seconds(60), reset_after: seconds(60) }
    }
}

impl Restart {
    /// The wait after `failures` ends in a row (at least 1).
    pub fn wait(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.min.get().saturating_mul(1 << doublings).min(self.max.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_maximum() {
        let restart = Restart { min: Span::seconds(1), max: Span::seconds(10), ..Restart::default() };
        let waits: Vec<u64> = [1, 2, 3, 4, 5, 100, u32::MAX].map(|failures| restart.wait(failures).as_secs()).into();
        assert_eq!(waits, [1, 2, 4, 8, 10, 10, 10]);
    }
}

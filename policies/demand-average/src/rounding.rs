//! From the demand to a number of replicas.

use serde::Deserialize;
use trimtab_policy_sdk::prelude::*;

/// How far above a whole number still counts as that number. An exponential average comes near the load and, by
/// rounding errors, may stay a little above it for ever: no reason to keep one more replica.
const HAIR: f64 = 1e-6;

/// How the demand becomes a number of replicas.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Drops the fraction, exactly as MASS does: an exponential average that grows ends one below the load.
    Truncate,
    /// The next whole number above. Less than a millionth above one is not above it.
    Ceil,
    /// The nearest whole number; a half goes up.
    #[default]
    Nearest,
}

impl Rounding {
    /// The number of replicas for a demand.
    pub fn apply(self, demand: f64) -> u32 {
        let whole = match self {
            Self::Truncate => demand.trunc(),
            Self::Ceil => (demand - HAIR).ceil(),
            Self::Nearest => demand.round(),
        };
        whole as u32
    }

    /// How it reads before the number: `truncated to 5`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Truncate => "truncated to",
            Self::Ceil => "rounded up to",
            Self::Nearest => "rounded to",
        }
    }
}

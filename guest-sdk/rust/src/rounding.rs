//! From a quotient to a whole number of replicas.

use schemars::JsonSchema;
use serde::Deserialize;

/// So near to a whole number, a quotient is that number: 0.3 / 0.1 is 3, whatever binary fractions make of it.
const NEAR: f64 = 1e-9;

/// What becomes of a part of a replica.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// A part needs a whole one.
    #[default]
    Ceil,
    /// A half or more needs a whole one.
    Nearest,
    /// A part needs none.
    Truncate,
}

impl Rounding {
    /// The whole number, and as many as can be counted at most.
    pub fn apply(self, quotient: f64) -> u32 {
        let near = quotient.round();
        let whole = if (quotient - near).abs() <= NEAR * near.abs().max(1.0) { near } else { self.round(quotient) };
        whole as u32
    }

    fn round(self, quotient: f64) -> f64 {
        match self {
            Self::Ceil => quotient.ceil(),
            Self::Nearest => quotient.round(),
            Self::Truncate => quotient.trunc(),
        }
    }

    /// As the config spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ceil => "ceil",
            Self::Nearest => "nearest",
            Self::Truncate => "truncate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rounding() {
        let table = [
            (0.0, [0, 0, 0]),
            (0.2, [1, 0, 0]),
            (2.5, [3, 3, 2]),
            (2.9, [3, 3, 2]),
            (3.0, [3, 3, 3]),
            (0.3 / 0.1, [3, 3, 3]),
            (3.0 * 0.1 / 0.1, [3, 3, 3]),
            (0.7 / 0.1, [7, 7, 7]),
            (1e300, [u32::MAX; 3]),
            (f64::INFINITY, [u32::MAX; 3]),
        ];
        for (quotient, expected) in table {
            let roundings = [Rounding::Ceil, Rounding::Nearest, Rounding::Truncate];
            assert_eq!(roundings.map(|rounding| rounding.apply(quotient)), expected, "{quotient}");
        }
    }
}

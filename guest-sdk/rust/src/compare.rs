//! Comparison operators.

use serde::Deserialize;

use crate::JsonSchema;

/// A comparison operator. Write your own as you would a built-in [`Comparison`].
pub trait Compare {
    /// How it reads in a reason: `>`.
    fn symbol(&self) -> &str;

    /// Whether `left` stands in this relation to `right`.
    fn holds(&self, left: f64, right: f64) -> bool;
}

/// The built-in operators. In a config: the name, the ThingWorx name (`GreaterThan`), or the symbol.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Strictly.
    #[serde(alias = "GreaterThan", alias = ">")]
    GreaterThan,
    /// Strictly.
    #[serde(alias = "LessThan", alias = "<")]
    LessThan,
    /// At least.
    #[serde(alias = "GreaterOrEqual", alias = "greater-than-or-equal", alias = ">=")]
    GreaterOrEqual,
    /// At most.
    #[serde(alias = "LessOrEqual", alias = "less-than-or-equal", alias = "<=")]
    LessOrEqual,
    /// To the last bit; of use for whole numbers.
    #[serde(alias = "Equal", alias = "equals", alias = "==", alias = "=")]
    Equal,
    /// To the last bit.
    #[serde(alias = "NotEqual", alias = "!=")]
    NotEqual,
}

impl Comparison {
    /// The relation seen from the other side, or under a negative factor.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            Self::GreaterThan => Self::LessThan,
            Self::LessThan => Self::GreaterThan,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Equal | Self::NotEqual => self,
        }
    }
}

impl Compare for Comparison {
    fn symbol(&self) -> &str {
        match self {
            Self::GreaterThan => ">",
            Self::LessThan => "<",
            Self::GreaterOrEqual => ">=",
            Self::LessOrEqual => "<=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }

    fn holds(&self, left: f64, right: f64) -> bool {
        match self {
            Self::GreaterThan => left > right,
            Self::LessThan => left < right,
            Self::GreaterOrEqual => left >= right,
            Self::LessOrEqual => left <= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_below_at_and_above() {
        let table = [
            (Comparison::GreaterThan, [false, false, true]),
            (Comparison::LessThan, [true, false, false]),
            (Comparison::GreaterOrEqual, [false, true, true]),
            (Comparison::LessOrEqual, [true, true, false]),
            (Comparison::Equal, [false, true, false]),
            (Comparison::NotEqual, [true, false, true]),
        ];
        for (operator, expected) in table {
            assert_eq!([19.0, 20.0, 21.0].map(|left| operator.holds(left, 20.0)), expected, "{}", operator.symbol());
            assert_eq!([19.0, 20.0, 21.0].map(|right| operator.mirrored().holds(20.0, right)), expected);
        }
    }

    #[test]
    fn three_spellings() {
        for text in ["\"greater-than\"", "\"GreaterThan\"", "\">\""] {
            assert_eq!(serde_json::from_str::<Comparison>(text).ok(), Some(Comparison::GreaterThan), "{text}");
        }
    }
}

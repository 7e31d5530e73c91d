//! From a series to one number.

use std::borrow::Cow;
use std::fmt;

use crate::Indicator;

/// A synthesizing function. Write your own as you would a built-in [`Function`](crate::Function).
pub trait Synthesize {
    /// How it reads in a reason: `average`.
    fn name(&self) -> Cow<'_, str>;

    /// The number that stands for the indicator, or why there is none.
    fn synthesize(&self, indicator: &Indicator<'_>) -> Result<f64, Missing>;
}

/// Why there is no number. None of these is a zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The observation has no series of that name.
    NotObserved,
    /// Nothing was collected.
    Absent,
    /// The newest sample is too old.
    Stale,
    /// No sample in the window.
    Empty,
    /// Fewer samples than the function needs.
    TooFew {
        /// The least it takes.
        needed: u32,
    },
    /// The function makes no sense for this kind of series.
    Unsuited,
    /// The result is too large for a number.
    Overflow,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotObserved => "not among the series",
            Self::Absent => "nothing collected",
            Self::Stale => "stale",
            Self::Empty => "no sample in the window",
            Self::TooFew { needed } => return write!(f, "fewer than {needed} samples"),
            Self::Unsuited => "not a series for this function",
            Self::Overflow => "the result is not a finite number",
        })
    }
}

//! A count, and whether it may be more.

use std::collections::BTreeMap;
use std::ops::Add;

use scaling_core::units::{Timestamp, Value};

use crate::source::{Answer, Reading};

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// As many as could be read.
    pub number: u64,
    /// Some could not be read.
    pub partial: bool,
}

impl Count {
    /// The answer at `now`.
    pub fn answer(self, now: Timestamp) -> Answer {
        let reading = Value::new(self.number as f64)
            .map(|value| Reading { partial: self.partial, ..Reading::of_target(now, value) });
        Answer::Readings(reading.into_iter().collect())
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { number: self.number.saturating_add(other.number), partial: self.partial || other.partial }
    }
}

/// Elements that could not be read.
#[derive(Debug, Default)]
pub(super) struct Garbled {
    /// Those of which the analysis system is legible, by its name.
    of: BTreeMap<String, u64>,
    /// The others.
    of_whomever: u64,
}

impl Garbled {
    /// Takes note of one.
    pub fn note(&mut self, system: Option<String>) {
        match system {
            Some(system) => *self.of.entry(system).or_default() += 1,
            None => self.of_whomever += 1,
        }
    }

    /// Whether one of them is this system's, or may be.
    pub fn concern(&self, system: &str) -> bool {
        self.of_whomever > 0 || self.of.contains_key(system)
    }
}

//! What the policy remembers.

use serde::{Deserialize, Serialize};
use trimtab_policy_sdk::prelude::*;

/// The demand after the last counted evaluation, and what the moving average takes the mean of.
///
/// JSON: numbers are written with as many digits as it takes to read the same bits again.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Memory {
    /// Within the bounds of its time: the clamp is part of the average.
    pub demand: f64,
    /// Only of the technique `moving`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
}

impl StateLayout for Memory {
    const LAYOUT: &'static str = "trimtab.demand-average/1";
}

/// The last loads, in a ring.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct History {
    /// As many as the window has; not by age, see `next`.
    loads: Vec<f64>,
    /// Which of them the next load replaces.
    next: u32,
}

impl History {
    /// A window of loads as if the start demand had been there all the time; a window of the same length goes on.
    pub fn of(prior: Option<Self>, window: u32, start_demand: f64) -> Self {
        let next = match prior {
            Some(same) if same.loads.len() == window as usize => return same,
            Some(other) => other.next,
            None => 0,
        };
        // MASS keeps the place, too, and dies if it lies outside of the new window.
        Self { loads: vec![start_demand; window as usize], next: if next < window { next } else { 0 } }
    }

    /// Takes the load in, for the oldest.
    pub fn push(&mut self, load: f64) {
        if let Some(oldest) = self.loads.get_mut(self.next as usize) {
            *oldest = load;
        }
        self.next += 1;
        if self.next as usize >= self.loads.len() {
            self.next = 0;
        }
    }

    /// All loads together, added up in the order of the ring, as the original does.
    pub fn sum(&self) -> f64 {
        self.loads.iter().fold(0.0, |sum, load| sum + load)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.loads.len()
    }
}

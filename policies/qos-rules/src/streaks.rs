//! What the policy remembers: how often in a row each half of each rule was met.

use serde::{Deserialize, Serialize};
use trimtab_policy_sdk::prelude::*;

use crate::config::Rule;

/// Streaks by rule. A rule that was changed starts anew; one that was moved or renamed does not.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Streaks(Vec<(u32, u32, u32)>);

impl StateLayout for Streaks {
    const LAYOUT: &'static str = "trimtab.qos-rules/1";
}

/// The streaks of one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Of its addition.
    pub add: Streak,
    /// Of its removal.
    pub remove: Streak,
}

impl Streaks {
    /// The streaks of that rule; none yet if it is not known.
    pub fn of(&self, rule: &Rule) -> Pair {
        if self.is_empty() {
            return Pair::default();
        }
        let print = fingerprint(rule);
        let known = self.0.iter().find(|(rule, ..)| *rule == print);
        known.map_or_else(Pair::default, |&(_, add, remove)| Pair { add: Streak(add), remove: Streak(remove) })
    }

    /// All streaks that have begun.
    pub fn collect<'a>(rules: impl Iterator<Item = (&'a Rule, Pair)>) -> Self {
        let begun = rules.filter(|(_, pair)| *pair != Pair::default());
        Self(begun.map(|(rule, pair)| (fingerprint(rule), pair.add.0, pair.remove.0)).collect())
    }

    /// Whether none has begun.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// 32-bit FNV-1a of the rule's own line.
fn fingerprint(rule: &Rule) -> u32 {
    rule.to_string().bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

//! How often a random test draws, and from which seed: both given by `tests/run`, both repeatable.

use std::env;
use std::hash::{BuildHasher, RandomState};

/// A few rounds by default, as many as `TRIMTAB_TEST_ROUNDS` says, and never more than the test's full number.
pub fn rounds(few: u32, full: u32) -> u32 {
    number("TRIMTAB_TEST_ROUNDS").map_or(few, |asked| u32::try_from(asked).unwrap_or(u32::MAX)).min(full)
}

/// `TRIMTAB_TEST_SEED`, or one drawn now. Printed, so that a failure can be repeated.
pub fn seed() -> u64 {
    let seed = number("TRIMTAB_TEST_SEED").unwrap_or_else(|| RandomState::new().hash_one("a seed"));
    eprintln!("TRIMTAB_TEST_SEED={seed}");
    seed
}

/// A setting that is there and no number would otherwise be ignored in silence.
fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    let number = text.parse();
    assert!(number.is_ok(), "{name} is {text:?}; expected a whole number");
    number.ok()
}

/// SplitMix64: the same draws from the same seed, on every machine.
#[derive(Clone, Debug)]
pub struct Draws(u64);

impl Draws {
    /// Draws that follow from `seed`.
    pub fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; zero if `limit` is zero.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next_number().checked_rem(limit).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draws_are_those_of_splitmix64() {
        let mut draws = Draws::from_seed(1_234_567);
        let first: Vec<_> = (0..3).map(|_| draws.next_number()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
        assert!((0..100).all(|_| draws.below(7) < 7));
        assert_eq!(draws.below(0), 0);
    }

    #[test]
    fn no_test_takes_more_than_its_full_number() {
        assert!(rounds(3, 20) <= 20);
        assert_eq!(rounds(50, 20), 20);
    }
}

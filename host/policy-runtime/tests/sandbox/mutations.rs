//! Components that were hit by cosmic rays: whatever comes of them, it is a value.

use std::hash::{BuildHasher, RandomState};

use policy_runtime::Limits;

use crate::guest::{DECISION, Guest, byte};
use crate::stage::{all_is_well, call, runtime_with};

const FEW: u64 = 300;
const FULL: u64 = 100_000;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// SplitMix64.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let place = self.below(bytes.len());
        match self.below(4) {
            0 => bytes[place] ^= 1 << self.below(8),
            1 => bytes[place] = self.below(256) as u8,
            2 => drop(bytes.remove(place)),
            _ => bytes.insert(place, self.below(256) as u8),
        }
    }
}

#[test]
fn altered_components_are_refused_or_run_and_never_hurt() {
    let seed = setting("TRIMTAB_TEST_SEED").unwrap_or_else(|| RandomState::new().hash_one("a seed"));
    eprintln!("TRIMTAB_TEST_SEED={seed}");
    let rounds = setting("TRIMTAB_TEST_ROUNDS").unwrap_or(FEW).min(FULL);
    let runtime = runtime_with(Limits { fuel: 1_000_000, ..Limits::default() });
    let logging = format!("(call $log (i32.const 0) (i32.const 512) (i32.const 2)) {}", byte(DECISION, 1));
    let seeds = [Guest::default().build(), Guest::answering(&logging).build()];
    let mut draws = Draws(seed);
    let mut loaded = 0;
    for round in 0..rounds {
        let mut bytes = seeds[draws.below(seeds.len())].clone();
        (0..=draws.below(4)).for_each(|_| draws.mutate(&mut bytes));
        if let Ok(policy) = runtime.load(&bytes) {
            loaded += 1;
            // Any outcome will do; the host is still here to see it.
            let _ = (policy.prepare_blocking("{}"), policy.evaluate_blocking(&call()).outcome);
        }
        if round.is_multiple_of(100) {
            all_is_well(&runtime);
        }
    }
    assert!(loaded < rounds, "{loaded} of {rounds} altered components were loaded");
}

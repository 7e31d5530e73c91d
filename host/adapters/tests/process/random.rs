//! Random numbers that can be drawn again: SplitMix64.

/// Draws numbers. The seed is printed, so that a failed run can be repeated.
pub struct Random(u64);

impl Random {
    /// From `TRIMTAB_TEST_SEED`, or from the time.
    pub fn from_environment(test: &str) -> Self {
        let given = std::env::var("TRIMTAB_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let seed = given.unwrap_or(u64::from(since_epoch.subsec_nanos()));
        println!("{test}: TRIMTAB_TEST_SEED={seed}");
        Self(seed)
    }

    /// One of `0..end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }
}

/// How many rounds: `few`, or as many as `TRIMTAB_TEST_ROUNDS` says, and never more than the test's full number.
pub fn rounds(few: u64, full: u64) -> u64 {
    let asked = std::env::var("TRIMTAB_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    asked.unwrap_or(few).min(full)
}

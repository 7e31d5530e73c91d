//! The number that a policy may use as its randomness: fixed by target and tick.

use crate::units::TargetName;

/// FNV-1a over the name, then one step of SplitMix64 at position `tick`.
///
/// It needs to be spread well and the same for ever; it keeps no secret.
pub fn seed(target: &TargetName, tick: u64) -> u64 {
    let name = target
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut mixed = name.wrapping_add(tick.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::seed;

    #[test]
    fn is_fixed_for_ever() {
        assert_eq!(seed(&"web".into(), 1), seed(&"web".into(), 1));
        assert_ne!(seed(&"web".into(), 1), seed(&"web".into(), 2));
        assert_ne!(seed(&"web".into(), 1), seed(&"wed".into(), 1));
    }
}

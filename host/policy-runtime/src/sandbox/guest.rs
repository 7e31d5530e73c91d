//! What the host keeps for one call.

use scaling_core::units::Timestamp;

use super::diary::Diary;
use super::limiter::Limiter;
use super::wasi::Randomness;
use crate::settings::Limits;

/// What a call can know of the world outside of its arguments.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scene {
    /// The time, which does not pass.
    pub(crate) now: Timestamp,
    /// What all randomness comes from.
    pub(crate) seed: u64,
}

/// Data of a store.
pub(crate) struct Guest {
    pub(super) scene: Scene,
    pub(super) limiter: Limiter,
    pub(super) diary: Diary,
    pub(super) randomness: Randomness,
    /// Bytes that the host call under way has moved and not yet paid for.
    pub(super) unpaid_bytes: u64,
}

impl Guest {
    pub(super) fn new(scene: Scene, limits: &Limits) -> Self {
        Self {
            scene,
            limiter: Limiter::new(limits),
            diary: Diary::new(limits),
            randomness: Randomness::new(scene.seed),
            unpaid_bytes: 0,
        }
    }
}

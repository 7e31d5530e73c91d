//! A line in the host's log.

pub use crate::bindings::trimtab::policy::log::Level;

/// Writes a line, tagged by the host with target, policy and tick. Natively (in `cargo test`) it goes nowhere.
///
/// It cannot change a verdict, and over the host's limit lines are dropped: what matters belongs into the reason.
pub fn log(level: Level, message: &str) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::trimtab::policy::log::write(level, message);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (level, message);
}

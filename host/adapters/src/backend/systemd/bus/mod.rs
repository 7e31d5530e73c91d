//! The connection to one systemd manager: kept up, shared by all targets on it, and bounded in time.
//!
//! It follows the instances of the templates that it is asked to: [`Bus::follow`] gives a [`Sight`] that changes as
//! systemd tells it to. Nothing is polled but a short question whether systemd answers at all ([`Bus::ping`]).

mod sight;

pub use sight::{Active, Load, Sight, UnitState, UnitUsage};

//! Touches the world, never decides: backends and sources.
//!
//! A [`backend`] reads the status of a target and carries out an order. A [`source`] answers an
//! indicator query. Both report what is missing as values; neither ever guesses.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may panic"))]

pub mod backend;
pub mod clock;
pub mod secret;
pub mod source;
pub mod span;
pub mod tls;

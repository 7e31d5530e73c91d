//! The tests that need the whole house.

pub mod lab;
pub mod random;

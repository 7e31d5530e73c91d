//! Write a Trimtab scaling policy in Rust.

//! Keeps groups of workers at the right size; the decision is a WebAssembly component of yours.

pub mod journal;

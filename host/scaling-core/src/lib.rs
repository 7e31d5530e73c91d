//! The pure heart of Trimtab: what is observed, what is decided and why.
//!
//! Nothing here reads a clock, does I/O, logs or knows a wire format; every function is a
//! function of its arguments. Read it in the order of one tick:
//!
//! 1. [`status`]: what a backend sees of a target, and [`observation`]: everything a policy may look at.
//! 2. [`verdict`]: what a policy may answer, and [`failure`]: how it may fail.
//! 3. [`spec`]: what the operator asked of a target, and [`orders`]: what he asks right now.
//! 4. [`controller`]: the decision, carried on from tick to tick in a [`memory`].
//! 5. [`guardrails`]: the host's rules, each of which may change the count only by giving a [`reason`].
//! 6. [`intent`]: what was decided, and how it went.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may panic"))]

pub mod controller;
pub mod failure;
pub mod guardrails;
pub mod intent;
pub mod measured;
pub mod memory;
pub mod observation;
pub mod orders;
pub mod placing;
pub mod reason;
pub mod recall;
pub mod repair;
pub mod seed;
pub mod spec;
pub mod status;
pub mod units;
pub mod verdict;
pub mod victims;

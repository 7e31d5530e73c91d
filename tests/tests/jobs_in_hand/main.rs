//! How many jobs the instances of a template have in hand, told by real files, addresses, commands and a real Redis.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bench;
mod command;
mod direct;
mod karton;
mod life;
mod rq;

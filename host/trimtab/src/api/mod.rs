//! Whoever looks from outside: a read-only HTTP API, and a unix socket for commands.

pub mod commands;
pub mod http;
pub mod protocol;
pub mod views;

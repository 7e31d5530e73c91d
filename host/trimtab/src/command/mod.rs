//! The verbs of the command line, one a file.

pub mod check;
pub mod client;
pub mod demo;
pub mod events;
pub mod explain;
pub mod orders;
pub mod policy_eval;
pub mod scale;
pub mod serve;
pub mod status;
mod told;

//! Source `rq`: how much work a queue of RQ has, asked over a connection to its Redis.

mod fields;
mod keys;
mod worker;

pub use worker::{Activity, WorkerState, worker_state};

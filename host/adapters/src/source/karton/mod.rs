//! Source `karton`: how much work an identity of Karton has, asked over a connection to its Redis.

mod busy;
mod census;
mod task;

pub use busy::{StartedTask, started_tasks};
pub(crate) use census::Desk;

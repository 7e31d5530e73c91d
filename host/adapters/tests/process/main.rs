//! Backend `process` with real processes. What runs is counted from `/proc`, never from the backend's answer.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod adoption;
mod cost;
mod killed_host;
mod life;
mod model;
mod random;
mod stopping;
mod world;

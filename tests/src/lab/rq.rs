//! A real RQ: redis-server, and workers whose jobs last as long as the test wants.

use tempfile::TempDir;

use super::Redis;
use super::karton::{Gate, gate};
use super::python::{Packages, Script};

/// The queue, as DRAKVUF Sandbox has it.
pub const QUEUE: &str = "drakrun-analysis";

/// An RQ with a Redis of its own.
pub struct Rq {
    redis: Redis,
    packages: Packages,
    folder: TempDir,
}

impl Rq {
    /// One of the versions in `tests/lab-requirements-NAME.txt`, without workers.
    ///
    /// # Panics
    ///
    /// If the lab has no folder for itself.
    pub fn start(versions: &str) -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("the lab needs a folder for itself: {error}"));
        Self { redis: Redis::start(), packages: Packages::named(versions), folder }
    }

    /// Its Redis.
    pub fn redis(&self) -> &Redis {
        &self.redis
    }

    /// Starts a worker of [`QUEUE`].
    pub fn worker(&self, name: &str) -> Script {
        self.packages.start("rq_part.py", &["worker", QUEUE, name], &[("REDIS_PORT", &self.redis.port())])
    }

    /// Sends so many jobs, held by the gate of that name, and returns their ids.
    pub fn send(&self, gate_name: &str, count: u32) -> (Gate, Vec<String>) {
        let (gate, path) = gate(&self.folder, gate_name);
        let words = ["send", QUEUE, &path, &count.to_string()];
        let ids = self.packages.run("rq_part.py", &words, &[("REDIS_PORT", &self.redis.port())]);
        (gate, ids)
    }
}

//! A real Karton: redis-server, karton-system, and consumers whose tasks last as long as the test wants.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::Redis;
use super::python::{Packages, Script};

/// The identity of its consumers, as DRAKVUF Sandbox has it.
pub const IDENTITY: &str = "karton.drakrun-prod";

/// A Karton with a Redis of its own.
pub struct Karton {
    redis: Redis,
    packages: Packages,
    folder: TempDir,
    _system: Script,
}

/// A gate that holds the tasks that were sent with it, until it is opened.
pub struct Gate(PathBuf);

impl Gate {
    /// Lets the tasks end.
    ///
    /// # Panics
    ///
    /// If there is no writing in the lab's folder.
    pub fn open(&self) {
        fs::write(&self.0, "").unwrap_or_else(|error| panic!("{}: {error}", self.0.display()));
    }
}

/// A closed gate in a folder of the lab; when that is removed, tasks end too.
pub(super) fn gate(folder: &TempDir, name: &str) -> (Gate, String) {
    let path = folder.path().join(name);
    let text = path.display().to_string();
    (Gate(path), text)
}

impl Karton {
    /// One of the versions in `tests/lab-requirements-NAME.txt`, without consumers.
    ///
    /// # Panics
    ///
    /// If the lab has no folder for itself.
    pub fn start(versions: &str) -> Self {
        let (packages, redis) = (Packages::named(versions), Redis::start());
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("the lab needs a folder for itself: {error}"));
        let system = packages.start("karton_part.py", &["system"], &environment(&redis.port()));
        Self { redis, packages, folder, _system: system }
    }

    /// Its Redis.
    pub fn redis(&self) -> &Redis {
        &self.redis
    }

    /// Starts a consumer of [`IDENTITY`].
    pub fn consumer(&self) -> Script {
        self.packages.start("karton_part.py", &["consumer", IDENTITY], &environment(&self.redis.port()))
    }

    /// Sends one task of each of the priorities, all held by the gate of that name.
    pub fn send(&self, gate_name: &str, priorities: &[&str]) -> Gate {
        let (gate, path) = gate(&self.folder, gate_name);
        let words = [&["send", IDENTITY, &path], priorities].concat();
        self.packages.run("karton_part.py", &words, &environment(&self.redis.port()));
        gate
    }
}

/// Where Karton finds what it needs; it has both of its names for S3, and there is none.
fn environment(port: &str) -> [(&str, &str); 10] {
    [
        ("KARTON_REDIS_HOST", "127.0.0.1"),
        ("KARTON_REDIS_PORT", port),
        ("KARTON_S3_ADDRESS", "http://127.0.0.1:9"),
        ("KARTON_S3_ACCESS_KEY", "none"),
        ("KARTON_S3_SECRET_KEY", "none"),
        ("KARTON_S3_BUCKET", "none"),
        ("KARTON_MINIO_ADDRESS", "127.0.0.1:9"),
        ("KARTON_MINIO_ACCESS_KEY", "none"),
        ("KARTON_MINIO_SECRET_KEY", "none"),
        ("KARTON_MINIO_BUCKET", "none"),
    ]
}

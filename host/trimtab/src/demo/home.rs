//! A directory for the config and the state of one run; it goes when the demo ends.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

/// The directory.
pub struct Home(PathBuf);

impl Home {
    /// Makes one that only we may look into.
    pub fn make() -> io::Result<Self> {
        let mut number = 0;
        loop {
            let path = env::temp_dir().join(format!("trimtab-demo-{}-{number}", process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What can't be removed is left to whoever cleans the temporary directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

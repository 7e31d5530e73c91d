//! The jobs of the lab's workers (`tests/lab/worker`), as the files in the share tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A queue of jobs, and what became of them.
#[derive(Clone, Debug)]
pub struct Jobs {
    share: PathBuf,
}

impl Jobs {
    /// Those in this share.
    pub fn in_share(share: &Path) -> Self {
        Self { share: share.to_owned() }
    }

    /// Queues a job that takes this many seconds.
    ///
    /// # Panics
    ///
    /// If it can't be written.
    pub fn put(&self, job: &str, secs: f64) {
        let queue = self.share.join("queue");
        // By a rename: no worker sees it half written.
        let (new, ready) = (queue.join(format!("{job}.new")), queue.join(format!("{job}.job")));
        let put = open_to_all(&queue).and_then(|()| fs::write(&new, secs.to_string()));
        put.and_then(|()| fs::rename(&new, &ready)).unwrap_or_else(|error| panic!("{}: {error}", ready.display()));
    }

    /// Sets a knob of the workers; they are listed at the top of the worker.
    ///
    /// # Panics
    ///
    /// If it can't be written.
    pub fn turn(&self, knob: &str, text: &str) {
        let knobs = self.share.join("knobs");
        let turned = open_to_all(&knobs).and_then(|()| fs::write(knobs.join(knob), text));
        turned.unwrap_or_else(|error| panic!("knob {knob}: {error}"));
    }

    /// Those that wait.
    pub fn waiting(&self) -> BTreeSet<String> {
        names(&self.share.join("queue"), ".job")
    }

    /// Those that are finished.
    pub fn done(&self) -> BTreeSet<String> {
        names(&self.share.join("done"), ".job")
    }

    /// What a worker such as `drakrun-1` has in hand; of a killed one, what it had.
    pub fn in_hand(&self, worker: &str) -> Option<String> {
        names(&self.share.join("running").join(worker), ".job").pop_first()
    }

    /// What a worker wrote down, a line for each event: `TIME EVENT [JOB]`.
    pub fn log(&self, worker: &str) -> String {
        fs::read_to_string(self.share.join("log").join(format!("{worker}.log"))).unwrap_or_default()
    }

    /// How often each job was finished, by all workers' own account.
    pub fn times_finished(&self) -> BTreeMap<String, u32> {
        let mut times = BTreeMap::new();
        for worker in names(&self.share.join("log"), ".log") {
            for (_, job) in self.log(&worker).lines().filter_map(|line| line.split_once(" done ")) {
                *times.entry(job.to_owned()).or_default() += 1;
            }
        }
        times
    }
}

/// Makes a folder to which the workers can write too, whoever they run as.
fn open_to_all(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o777))
}

/// The names in a folder that end so, without that end.
fn names(folder: &Path, end: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter_map(|name| name.strip_suffix(end).map(str::to_owned)).collect()
}

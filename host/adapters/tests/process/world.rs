//! A state directory of one's own, and all processes that were started from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use adapters::backend::Backend;
use adapters::backend::process::{Checkpoint, ProcessBackend, ProcessConfig, Setup};
use adapters::clock::Clock;
use rustix::process::{Pid, Signal, kill_process};
use scaling_core::observation::{Attribute, Replica, ReplicaState, Scalar};
use scaling_core::status::{Action, Addition, Order, TargetStatus, Victim};
use scaling_core::units::Generation;
use scaling_core::verdict::Placement;

/// The variable by which the workers of one world are found.
const MARK: &str = "WORLD_OF_TEST";

/// A state directory; ends what runs from it when dropped.
pub struct World {
    pub dir: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl World {
    pub fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        Self { dir: temporary.path().to_owned(), _temporary: Some(temporary) }
    }

    /// The world of another process, which cleans it up.
    pub fn borrowed(dir: &Path) -> std::mem::ManuallyDrop<Self> {
        std::mem::ManuallyDrop::new(Self { dir: dir.to_owned(), _temporary: None })
    }

    /// A config from TOML, its workers marked.
    pub fn config(&self, toml: &str) -> ProcessConfig {
        let mut config: ProcessConfig = toml::from_str(toml).unwrap();
        config.environment.0.insert(MARK.to_owned(), self.mark());
        config
    }

    pub fn setup(&self, toml: &str) -> Setup {
        Setup::new("mail".into(), self.config(toml), self.dir.clone(), Clock::system())
    }

    pub async fn open(&self, toml: &str) -> ProcessBackend {
        ProcessBackend::open(self.setup(toml)).await.unwrap()
    }

    pub async fn open_telling(&self, toml: &str, checkpoint: Arc<dyn Checkpoint>) -> ProcessBackend {
        ProcessBackend::open(self.setup(toml).telling(checkpoint)).await.unwrap()
    }

    /// The workers that run, from `/proc`: leaders of a process group that carry the mark.
    pub fn pids(&self) -> Vec<i32> {
        self.marked()
            .into_iter()
            .filter(|pid| stat(*pid).is_some_and(|(state, group)| group == *pid && state != 'Z'))
            .collect()
    }

    /// All processes that carry the mark, children of workers too.
    pub fn marked(&self) -> Vec<i32> {
        let mark = format!("{MARK}={}", self.mark());
        let names = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let pids = names.filter_map(|name| name.parse::<i32>().ok());
        pids.filter(|pid| {
            fs::read(format!("/proc/{pid}/environ"))
                .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()))
        })
        .collect()
    }

    pub fn roster_path(&self) -> PathBuf {
        self.dir.join("process/mail/roster.json")
    }

    /// Changes the roster as a crash at another moment would have left it.
    pub fn edit_roster(&self, edit: impl FnOnce(&mut serde_json::Value)) {
        let mut roster = serde_json::from_slice(&fs::read(self.roster_path()).unwrap()).unwrap();
        edit(&mut roster);
        fs::write(self.roster_path(), serde_json::to_vec(&roster).unwrap()).unwrap();
    }

    fn mark(&self) -> String {
        self.dir.display().to_string()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for pid in self.marked() {
            kill(pid, Signal::KILL);
        }
    }
}

pub fn kill(pid: i32, signal: Signal) {
    // It may be gone already.
    let _ = kill_process(Pid::from_raw(pid).unwrap(), signal);
}

/// State and process group.
pub fn stat(pid: i32) -> Option<(char, i32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some((fields.next()?.chars().next()?, fields.nth(1)?.parse().ok()?))
}

pub fn add(generation: u64, count: u32) -> Order {
    let action = Action::Add(Addition::of_new(vec![Placement { agent: None, count }]));
    Order { generation: Generation(generation), action }
}

pub fn remove(generation: u64, ids: &[&str]) -> Order {
    let victims = ids.iter().map(|id| Victim { replica: (*id).into(), agent: None }).collect();
    Order { generation: Generation(generation), action: Action::Remove(victims) }
}

pub async fn observe(backend: &ProcessBackend) -> TargetStatus {
    backend.observe(Clock::system().now()).await.unwrap()
}

pub async fn replicas(backend: &ProcessBackend) -> Vec<Replica> {
    observe(backend).await.replicas
}

pub async fn states(backend: &ProcessBackend) -> Vec<(String, ReplicaState)> {
    replicas(backend).await.into_iter().map(|replica| (replica.id.0, replica.state)).collect()
}

pub async fn all_are(backend: &ProcessBackend, state: ReplicaState, count: usize) -> bool {
    let states = states(backend).await;
    states.len() == count && states.iter().all(|(_, is)| *is == state)
}

pub fn attribute<'a>(attributes: &'a [Attribute], key: &str) -> Option<&'a Scalar> {
    attributes.iter().find(|attribute| attribute.key == key).map(|attribute| &attribute.value)
}

/// Polls a condition; fails, naming it, when it did not come about in 15 seconds.
#[macro_export]
macro_rules! until {
    ($condition:expr) => {{
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(15);
        while !$condition {
            assert!(std::time::Instant::now() < deadline, "never came about: {}", stringify!($condition));
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }};
}

/// How long something takes.
pub async fn timed(work: impl Future<Output = ()>) -> Duration {
    let start = Instant::now();
    work.await;
    start.elapsed()
}

//! One life of a host, from its start to its end, on a clock that stands still until it is moved.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use adapters::backend::Backend;
use adapters::clock::Clock;
use policy_runtime::settings::Compiler;
use scaling_core::units::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use trimtab::api::protocol::{Reply, Request};
use trimtab::board::TargetView;
use trimtab::config::Config;
use trimtab::house::Given;
use trimtab::serve::{self, Running};

use crate::fleet::Fleet;

/// When every scenario begins.
const BEGINNING: Timestamp = Timestamp(1_800_000_000_000);

/// How long a tick may take in real time.
const SOON: Duration = Duration::from_secs(20);

/// A host that runs.
pub struct Life {
    running: Running,
    config: Config,
    clock: Clock,
    _still: Stillness,
}

/// While it is there, time passes only when it is told to: tokio would otherwise jump to the next timer whenever
/// the runtime waits for a thread or a socket.
struct Stillness(#[expect(dead_code, reason = "ends when it is dropped")] Sender<()>);

impl Stillness {
    fn keep() -> Self {
        let (held, until_dropped) = channel();
        // Not awaited: it ends with this value. Tokio does not move the clock while such a task runs.
        drop(tokio::task::spawn_blocking(move || until_dropped.recv()));
        Self(held)
    }
}

impl Life {
    /// Starts, so long after the scenario began.
    pub async fn begin(config: &Config, fleets: &BTreeMap<String, Fleet>, began: Duration) -> Self {
        let still = Stillness::keep();
        let clock = Clock::starting_at(BEGINNING.plus(began));
        let deadline = Instant::now() + SOON;
        loop {
            let backends =
                fleets.iter().map(|(name, fleet)| (name.clone(), Arc::new(fleet.clone()) as Arc<dyn Backend>));
            let given = Given { clock, compiler: Compiler::InProcess, backends: backends.collect() };
            match serve::start_with(config.clone(), given).await {
                Ok(running) => {
                    let_all_begin().await;
                    return Self { running, config: config.clone(), clock, _still: still };
                }
                // The last life's threads may still be letting go of the journal.
                Err(error) if Instant::now() < deadline && error.to_string().contains("in use") => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => panic!("the host does not start: {error}"),
            }
        }
    }

    /// Moves the clock forward to this time since the scenario began.
    pub async fn advance_to(&self, time: Duration) {
        let now = self.clock.now().since(BEGINNING);
        let step = time.checked_sub(now).unwrap_or_else(|| panic!("it is {now:?} already, and not {time:?}"));
        tokio::time::advance(step).await;
    }

    /// Waits until the tick that a target began at `time` is over, and shows what came of it.
    pub async fn tick_of(&self, target: &str, time: Duration) -> Arc<TargetView> {
        let board = self.running.board();
        let what = format!("a tick of `{target}` at {time:?}");
        look_until(&what, || board.target(target).filter(|view| view.at == BEGINNING.plus(time))).await
    }

    /// Says something over the command socket. Why it was refused, if it was.
    pub async fn say(&self, request: &Request) -> Result<(), String> {
        let mut stream = UnixStream::connect(&self.config.host.socket).await.unwrap();
        stream.write_all(format!("{}\n", serde_json::to_string(request).unwrap()).as_bytes()).await.unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await.unwrap();
        match serde_json::from_str(&line).unwrap() {
            Reply::Ok(_) => Ok(()),
            Reply::Refused(refusal) => Err(refusal.message),
        }
    }

    /// Takes over another config. The targets that are started for it.
    pub async fn reload(&mut self, config: &Config) -> Vec<String> {
        let changes = self.running.reload(config).await.unwrap();
        let_all_begin().await;
        self.config = config.clone();
        changes.added.into_iter().chain(changes.changed).collect()
    }

    /// Ends between two ticks.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Looks again and again, in real time and while the clock stands still, until there is something to see.
pub async fn look_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "waited {SOON:?} for {what}");
        tokio::task::yield_now().await;
        thread::sleep(Duration::from_micros(100));
    }
}

/// Each target's task looks at the clock once before any time passes.
async fn let_all_begin() {
    tokio::task::yield_now().await;
}

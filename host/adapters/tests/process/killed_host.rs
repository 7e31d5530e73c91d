//! A host that is killed with SIGKILL, at a drawn step or a drawn moment, again and again. This program runs itself
//! as that host.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use adapters::backend::Backend;
use adapters::backend::process::checkpoint::STEPS;
use adapters::backend::process::{Checkpoint, ProcessBackend};
use rustix::process::{Signal, getpid, kill_process};
use scaling_core::observation::ReplicaState;
use scaling_core::status::Order;

use crate::random::{Random, rounds};
use crate::until;
use crate::world::{World, add, observe, remove, states};

/// Every third worker ends by itself soon after its first start, so that restarts are hit too.
const CONFIG: &str = r#"
    command = ["sh", "-c", "[ $((TRIMTAB_SLOT % 3)) = 0 ] && [ ! -e \"$1/$TRIMTAB_REPLICA\" ] && touch \"$1/$TRIMTAB_REPLICA\" && exit 1; touch $TRIMTAB_RUNTIME_DIR/ready; exec sleep 1000", "sh", "HERE"]
    ready = { file = "{runtime-dir}/ready" }
    restart = { min = "5ms", max = "20ms" }
"#;

fn config(dir: &Path) -> String {
    CONFIG.replace("HERE", dir.to_str().unwrap())
}

/// The orders of a round, and the replicas that must be there in the end.
fn draw_script(random: &mut Random) -> (Vec<String>, BTreeSet<String>) {
    let (mut script, mut wanted, mut next) = (Vec::new(), BTreeSet::new(), 0);
    for _ in 0..4 {
        let victims: Vec<String> = wanted.iter().filter(|_| random.below(2) == 0).cloned().collect();
        if victims.is_empty() {
            let count = random.below(4) + 1;
            script.push(format!("+{count}"));
            wanted.extend((1..=count).map(|offset| format!("mail-{}", next + offset)));
            next += count;
        } else {
            script.push(victims.join(" "));
            wanted.retain(|id| !victims.contains(id));
        }
    }
    (script, wanted)
}

/// Line `index` of a script.
fn order(index: usize, line: &str) -> Order {
    let generation = index as u64 + 1;
    match line.strip_prefix('+') {
        Some(count) => add(generation, count.parse().unwrap()),
        None => remove(generation, &line.split(' ').collect::<Vec<_>>()),
    }
}

/// Goes on with the script where the backend says that it stands, as a host does after a crash.
async fn carry_on(backend: &ProcessBackend, script: &[String]) {
    let status = observe(backend).await;
    let done = status.last_order.map_or(0, |last| last.0 as usize);
    for (index, line) in script.iter().enumerate().skip(done) {
        backend.carry_out(&order(index, line)).await.unwrap();
    }
}

/// Kills its own process when a step was reached so many times.
struct DieAt {
    step: String,
    left: AtomicU64,
}

impl Checkpoint for DieAt {
    fn reached(&self, step: &'static str) {
        if step == self.step && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            kill_process(getpid(), Signal::KILL).unwrap();
        }
    }
}

/// The host. Lives until it is killed, by itself or by who started it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is the host that the test below starts"]
async fn host() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let dir = PathBuf::from(variable("HOST_DIR"));
    let script: Vec<String> = variable("HOST_SCRIPT").split(',').map(str::to_owned).collect();
    let die_at = DieAt { step: variable("HOST_STEP"), left: AtomicU64::new(variable("HOST_COUNT").parse().unwrap()) };
    let world = World::borrowed(&dir);
    let backend = world.open_telling(&config(&dir), Arc::new(die_at)).await;
    carry_on(&backend, &script).await;
    std::future::pending::<()>().await;
}

struct Death {
    step: &'static str,
    count: u64,
    after: Duration,
}

fn draw_death(random: &mut Random) -> Death {
    let by_step = random.below(3) > 0;
    let step = if by_step { *random.one_of(&STEPS) } else { "never" };
    let after = if by_step { Duration::from_secs(1) } else { Duration::from_micros(random.below(60_000)) };
    Death { step, count: random.below(5) + 1, after }
}

/// Starts a host and sees it die.
fn run_host(dir: &Path, script: &[String], death: &Death) {
    let mut host = Command::new(std::env::current_exe().unwrap())
        .args(["killed_host::host", "--exact", "--ignored"])
        .env("HOST_DIR", dir)
        .env("HOST_SCRIPT", script.join(","))
        .env("HOST_STEP", death.step)
        .env("HOST_COUNT", death.count.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The drawn moment counts from when the host is at work: it made its lock.
    let lock = dir.join("process/mail/lock");
    poll(&mut host, |_| lock.exists(), Duration::from_secs(15));
    poll(&mut host, |_| false, death.after);
    host.kill().unwrap();
    host.wait().unwrap();
}

/// Until the condition holds, the host is dead, or the time is over.
fn poll(host: &mut Child, condition: impl Fn(&Child) -> bool, limit: Duration) {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline && !condition(host) && host.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(500));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_killed_at_any_step_loses_and_doubles_nothing() {
    let mut random = Random::from_environment("a_host_killed_at_any_step_loses_and_doubles_nothing");
    for round in 1..=rounds(20, 200) {
        let world = World::new();
        let (script, wanted) = draw_script(&mut random);
        let mut story = format!("round {round}: {script:?}");
        for _ in 0..=random.below(3) {
            let death = draw_death(&mut random);
            let _ = write!(story, ", killed at {} {} or after {:?}", death.step, death.count, death.after);
            run_host(&world.dir, &script, &death);
        }
        println!("{story}");
        let backend = world.open(&config(&world.dir)).await;
        carry_on(&backend, &script).await;
        until!({
            let there = states(&backend).await;
            there.iter().all(|(_, state)| *state == ReplicaState::Ready)
                && there.into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>() == wanted
        });
        // All are ready and none is on its way: nothing will be started or stopped any more.
        assert_eq!(world.pids().len(), wanted.len(), "{story}");
    }
}

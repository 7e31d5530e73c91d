//! The control loop under load, and how soon it decides after a start.
//!
//! `cargo bench -p trimtab --profile dev --bench control_loop -- [TARGETS] [SECONDS]`. It keeps to one core.
//! All of it is real: sandbox, journal, metrics; only the replicas are in memory.
#![expect(clippy::expect_used, reason = "a benchmark that can't begin has nothing to say")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use trimtab::config;
use trimtab::house::COMPILE_WORKER;
use trimtab::serve::{self, Running};

mod deviation;
mod start;

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == COMPILE_WORKER) {
        return policy_runtime::compile_worker_main();
    }
    let mut numbers = args.iter().filter_map(|arg| arg.parse().ok());
    let (targets, seconds) = (numbers.next().unwrap_or(1000), numbers.next().unwrap_or(30));
    keep_to_one_core();
    adapters::tls::install();
    let home = tempfile::tempdir().expect("a temporary directory");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(under_load(home.path(), targets, seconds));
    start::measure(home.path());
    std::process::ExitCode::SUCCESS
}

fn keep_to_one_core() {
    let mut one = rustix::thread::CpuSet::new();
    one.set(0);
    rustix::thread::sched_setaffinity(None, &one).expect("the right to choose a core");
}

async fn under_load(home: &Path, targets: u64, seconds: u64) {
    let config = config::read(&home.join("load.toml"), &many(targets));
    assert!(config.problems.is_empty(), "{:?}", config.problems);
    let running = serve::start(config.config.expect("a config")).await.expect("a start");
    // The first ticks load the policy and fill caches; they are not what is measured.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (before, used) = (exported(&running), deviation::cpu_seconds());
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let after = exported(&running);
    let cpu = (deviation::cpu_seconds() - used) / seconds as f64;
    let ticks =
        deviation::sum(&after, "trimtab_target_ticks_total") - deviation::sum(&before, "trimtab_target_ticks_total");
    println!("{targets} targets at 1 s for {seconds} s on one core, journal on:");
    println!("  ticks                 {ticks} ({:.1} % of those planned)", 100.0 * ticks / (targets * seconds) as f64);
    println!(
        "  loop deviation        p50 {}, p99 {}",
        deviation::quantile(&before, &after, 0.50),
        deviation::quantile(&before, &after, 0.99)
    );
    println!("  one core in use       {:.0} %", 100.0 * cpu);
    println!("  resident memory       {:.0} MB", deviation::resident_megabytes());
    running.stop().await;
    let bytes = std::fs::metadata(home.join("state/journal.sqlite")).map_or(0, |file| file.len());
    println!(
        "  journal               {:.0} bytes a tick",
        bytes as f64 / deviation::sum(&after, "trimtab_target_ticks_total")
    );
}

fn exported(running: &Running) -> String {
    let house = running.house();
    house.metrics.encode(&house.board, house.clock.now()).expect("metrics")
}

/// So many targets that look at their own size, by rules that hold.
fn many(targets: u64) -> String {
    let mut text = String::from("[host]\nhttp = \"off\"\nevaluators = 1\n");
    for number in 0..targets {
        write!(
            text,
            "[target.t{number}]
interval = \"1s\"
max = 10
[target.t{number}.policy]
component = \"builtin:qos-rules\"
[target.t{number}.policy.config]
rules = [{{ indicator = \"size\", function = \"average\", window = \"60s\",
  add = {{ operator = \">\", threshold = 8, consecutive = 3 }}, remove = {{ operator = \"<\", threshold = 1, consecutive = 3 }} }}]
[target.t{number}.indicator.size.self]
read = \"ready\"
[target.t{number}.backend.memory]
replicas = 3
"
        )
        .expect("writing to a string");
    }
    text
}

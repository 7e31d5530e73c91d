//! From the start of `trimtab serve` to its first decision, with a warm cache.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;

const CONFIG: &str = "
[host]
state-dir = \"start\"
http = \"off\"
[target.t]
min = 2
max = 4
[target.t.policy]
component = \"builtin:qos-rules\"
[target.t.policy.config]
rules = [{ indicator = \"size\", function = \"last\", add = { operator = \">\", threshold = 8 } }]
[target.t.indicator.size.self]
read = \"ready\"
[target.t.backend.memory]
";

pub fn measure(home: &Path) {
    let file = home.join("start.toml");
    std::fs::write(&file, CONFIG).expect("a config");
    let cold = once(&file);
    let mut warm: Vec<Duration> = (0..ROUNDS).map(|_| once(&file)).collect();
    warm.sort_unstable();
    println!("start of serve to the first decision:");
    println!("  cold cache            {} ms", cold.as_millis());
    println!(
        "  warm cache            median {} ms, worst of {ROUNDS} {} ms",
        warm[ROUNDS / 2].as_millis(),
        warm[ROUNDS - 1].as_millis()
    );
}

fn once(file: &Path) -> Duration {
    let began = Instant::now();
    let mut serve = Command::new(env!("CARGO_BIN_EXE_trimtab"))
        .args(["serve", "--config"])
        .arg(file)
        .stderr(Stdio::piped())
        .spawn()
        .expect("trimtab starts");
    let log = BufReader::new(serve.stderr.take().expect("a log"));
    let decided = log.lines().map_while(Result::ok).any(|line| line.contains("scaling") || line.contains("repairing"));
    let took = began.elapsed();
    assert!(decided, "it ended without a decision");
    serve.kill().and_then(|()| serve.wait()).expect("an end");
    // The memory backend forgets its replicas, so every start has to decide again.
    took
}

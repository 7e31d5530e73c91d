//! What it costs to follow many instances that do not change.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use adapters::backend::systemd::bus::Bus;
use futures_util::future::join_all;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, interval};
use trimtab_tests::lab::SystemdHost;

use super::{Followed, SOON, bus_of, is_running, numbers};

const INSTANCES: u32 = 200;
/// In whole seconds.
const WATCHED: Duration = Duration::from_secs(4);
/// `USER_HZ` is 100 on every Linux that we know of.
const TICK: Duration = Duration::from_millis(10);
const IDLE: &str = "[Service]\nExecStart=/bin/sleep infinity\n";

/// Everything of this test runs on one thread, so that its CPU time can be told from that of other tests.
#[tokio::test]
async fn two_hundred_that_do_not_change_cost_a_ping_a_second() {
    let mut seen = Followed::new(SystemdHost::with_units(&[("idle@.service", IDLE)]), "idle").await;
    let all = numbers(1..=INSTANCES);
    for outcome in join_all(all.iter().map(|one| seen.bus.start(&seen.template, one, SOON))).await {
        outcome.unwrap();
    }
    seen.until("all run", |sight| sight.units.values().filter(|unit| is_running(unit)).count() == all.len()).await;
    let targets = [seen.bus.clone(), bus_of(&seen.host), bus_of(&seen.host)];
    let (before, began) = (cpu_time(), Instant::now());
    let host = Arc::new(seen.host);
    let watching = Arc::clone(&host);
    let monitor = spawn_blocking(move || calls_to_systemd(&watching));
    let mut ticks = interval(Duration::from_secs(1));
    while !monitor.is_finished() {
        ticks.tick().await;
        for pinged in join_all(targets.iter().map(Bus::ping)).await {
            pinged.unwrap();
        }
    }
    let (used, watched) = (cpu_time().saturating_sub(before), began.elapsed());
    println!("{used:?} of CPU in {watched:?}");
    assert!(used < watched / 50, "{used:?} of CPU in {watched:?}");
    let calls = monitor.await.unwrap();
    assert!((2..=WATCHED.as_secs() + 1).contains(&(calls.len() as u64)), "{calls:#?}");
}

/// What systemd is asked within [`WATCHED`], by anybody.
fn calls_to_systemd(host: &SystemdHost) -> Vec<String> {
    let seconds = WATCHED.as_secs().to_string();
    let rule = "type='method_call',destination='org.freedesktop.systemd1'";
    let told = host.run(&["timeout", &seconds, "dbus-monitor", "--system", rule]).stdout;
    told.lines().filter(|line| line.starts_with("method call")).map(ToOwned::to_owned).collect()
}

/// CPU time of this thread.
fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/stat").unwrap();
    let words: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    TICK * (words[11].parse::<u32>().unwrap() + words[12].parse::<u32>().unwrap())
}

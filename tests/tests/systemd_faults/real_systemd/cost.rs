//! What it costs to watch instances that do not change.
//!
//! The figures for BENCHMARKS.md:
//! `cargo test -p trimtab-tests --test systemd_faults cost -- --ignored --nocapture`

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use trimtab_tests::lab::{Redis, SystemdHost, TrimtabHost};

const IDLE: &str = "[Service]\nExecStart=/bin/sleep infinity\n";
/// How long the usage of each instance may be old; the default.
const USAGE_INTERVAL: Duration = Duration::from_secs(10);
/// So many of the two hundred have something in hand.
const BUSY: u32 = 50;
/// `USER_HZ` is 100 on every Linux that we know of.
const TICK: Duration = Duration::from_millis(10);

#[test]
fn ten_that_do_not_change_are_not_listed() {
    let (_trimtab, host) = watched(10, "");
    let calls = calls_to_systemd(&host, 4);
    let usual = ["Get SystemState", "Get CPUUsageNSec", "Get MemoryCurrent", "Get TasksCurrent"];
    assert!(calls.keys().all(|call| usual.contains(&call.as_str())), "{calls:?}");
    // One of the ten is read in a second, and the first second may be two.
    assert!(calls.contains_key(usual[0]) && calls.values().all(|times| *times <= 5), "{calls:?}");
}

#[test]
#[ignore = "a benchmark of two minutes"]
fn two_hundred_cost_less_than_a_fiftieth_of_a_core() {
    let share = measured("", 0);
    assert!(share < 0.02, "{share:?}");
}

/// Of each it is asked every second what it has in hand.
#[test]
#[ignore = "a benchmark of two minutes"]
fn two_hundred_with_jobs_in_hand() {
    let redis = Redis::start();
    for number in 1..=200 {
        let state = if number <= BUSY { "busy" } else { "idle" };
        redis.command(&["HSET", &format!("rq:worker:vm-{number}"), "state", state]);
    }
    let jobs = "backend.systemd.jobs.rq = { source = \"queue\", worker = \"vm-{instance}\" }";
    measured(&format!("{jobs}\n[source.queue.redis]\naddress = \"{}\"\n", redis.address()), BUSY);
}

/// The part of a core that Trimtab uses for two hundred instances, with this in its config. So many are seen as busy.
fn measured(more: &str, busy: u32) -> f64 {
    let (mut trimtab, host) = watched(200, more);
    trimtab.until("the busy are seen", |trimtab| (trimtab.target("idle")?["busy"] == busy).then_some(()));
    sleep(2 * USAGE_INTERVAL);
    let bus = host.main_pid("dbus.service").unwrap().to_string();
    let used = || [here(trimtab.pid().unwrap()), inside(&host, "1"), inside(&host, &bus)];
    let (began, before) = (Instant::now(), used());
    sleep(Duration::from_secs(60));
    let (took, after) = (began.elapsed(), used());
    let shares = [0, 1, 2].map(|who| (after[who].as_secs_f64() - before[who].as_secs_f64()) / took.as_secs_f64());
    println!("200 instances at 1 s for {took:.1?}, in parts of one core:");
    for (who, share) in ["trimtab", "systemd", "dbus-daemon"].iter().zip(shares) {
        println!("  {who:<12} {:.2} %", 100.0 * share);
    }
    println!("  memory       {}", resident(trimtab.pid().unwrap()));
    assert_eq!(trimtab.target("idle").unwrap()["busy"], busy);
    let calls = calls_to_systemd(&host, 10);
    println!("calls to systemd in 10 s: {calls:?}");
    assert!(lists(&calls).is_empty(), "{calls:?}");
    shares[0]
}

/// A host with so many instances that are all up, and the Trimtab that has started them.
fn watched(count: u32, more: &str) -> (TrimtabHost, SystemdHost) {
    let host = SystemdHost::with_units(&[("idle@.service", IDLE)]);
    let config = format!(
        "[target.idle]\ninterval = \"1s\"\nmin = 0\nmax = {count}\n\
         policy = {{ component = \"builtin:fixed-count\", config = {{ count = {count} }} }}\n\
         backend.systemd.template = \"idle@.service\"\nbackend.systemd.bus = \"{}\"\n{more}",
        host.bus_address()
    );
    let mut trimtab = TrimtabHost::serving(&config);
    trimtab.until("all are up", |trimtab| {
        let view = trimtab.target("idle")?;
        (view["ready"] == count && view["condition"] == "steady").then_some(())
    });
    (trimtab, host)
}

/// What systemd is asked for within so many seconds, by anybody: how often each.
fn calls_to_systemd(host: &SystemdHost, seconds: u32) -> BTreeMap<String, u32> {
    let rule = "type='method_call',destination='org.freedesktop.systemd1'";
    let seconds = seconds.to_string();
    let told = host.run(&["timeout", &seconds, "busctl", "monitor", "--json=short", "--match", rule]).stdout;
    let mut calls = BTreeMap::new();
    for message in told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let property = message["payload"]["data"][1].as_str().filter(|_| message["member"] == "Get");
        let call = format!("{} {}", message["member"].as_str().unwrap(), property.unwrap_or_default());
        *calls.entry(call.trim_end().to_owned()).or_default() += 1;
    }
    calls
}

/// What costs more the more units there are. One question in a minute, for the instances alone, is no such.
fn lists(calls: &BTreeMap<String, u32>) -> Vec<&str> {
    let lists =
        |(call, times): &(&String, &u32)| call.starts_with("List") && !(*call == "ListUnitsByPatterns" && **times == 1);
    calls.iter().filter(lists).map(|(call, _)| call.as_str()).collect()
}

/// CPU time of a process, and of its children that have ended.
fn here(pid: u32) -> Duration {
    cpu_time(&fs::read_to_string(format!("/proc/{pid}/stat")).unwrap())
}

fn inside(host: &SystemdHost, pid: &str) -> Duration {
    cpu_time(&host.run(&["cat", &format!("/proc/{pid}/stat")]).told())
}

fn cpu_time(stat: &str) -> Duration {
    let words = stat.rsplit(')').next().unwrap().split_whitespace();
    words.skip(11).take(4).map(|ticks| TICK * ticks.parse::<u32>().unwrap()).sum()
}

fn resident(pid: u32) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap().trim().to_owned()
}

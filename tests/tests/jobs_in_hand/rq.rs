//! Workers of RQ, written as RQ writes them.

use std::process::Command;

use trimtab_tests::lab::Redis;

use crate::bench::Bench;

const WORKERS: &str = "rq = { source = 'queue', worker = 'drakrun-worker@{host}:vm-{instance}' }";

/// The key of the worker of an instance on this machine.
fn key(instance: u32) -> String {
    let host = Command::new("uname").arg("-n").output().unwrap().stdout;
    format!("rq:worker:drakrun-worker@{}:vm-{instance}", String::from_utf8(host).unwrap().trim())
}

fn worker(redis: &Redis, instance: u32, state: &str) {
    let moment = "2023-11-14T22:13:20.250000Z";
    redis.command(&["HSET", &key(instance), "birth", moment, "last_heartbeat", moment, "state", state, "pid", "7"]);
}

#[tokio::test]
async fn a_worker_says_itself_whether_it_is_busy() {
    let redis = Redis::start();
    let bench = Bench::over(&redis, 5, WORKERS);
    for (instance, state) in (1..).zip(["busy", "idle", "suspended", "dreaming"]) {
        worker(&redis, instance, state);
    }
    bench.until("1 0 0 ? ?").await;
    assert!(bench.why(4).ends_with("is neither idle nor busy"), "{}", bench.why(4));
    assert!(bench.why(5).starts_with("RQ has no sign of life of a worker \"drakrun-worker@"), "{}", bench.why(5));
    worker(&redis, 1, "idle");
    worker(&redis, 2, "busy");
    bench.until("0 1 0 ? ?").await;
}

#[tokio::test]
async fn one_whose_heartbeat_expired_or_who_said_goodbye_is_not_known() {
    let redis = Redis::start();
    worker(&redis, 1, "idle");
    worker(&redis, 2, "idle");
    let bench = Bench::over(&redis, 2, WORKERS);
    bench.until("0 0").await;
    redis.command(&["PEXPIRE", &key(1), "1"]);
    redis.command(&["HSET", &key(2), "death", "2023-11-14T22:13:21.000000Z"]);
    bench.until("? ?").await;
}

#[tokio::test]
async fn a_redis_that_hangs_tells_nothing_and_goes_on() {
    let mut redis = Redis::start();
    worker(&redis, 1, "busy");
    let bench = Bench::over(&redis, 1, WORKERS);
    bench.until("1").await;
    redis.service().pause();
    bench.until("?").await;
    assert!(bench.why(1).contains("no answer within"), "{}", bench.why(1));
    redis.service().resume();
    bench.until("1").await;
}

#[tokio::test]
async fn two_hundred_are_asked_at_once() {
    let redis = Redis::start();
    for instance in 1..=200 {
        worker(&redis, instance, if instance % 3 == 0 { "busy" } else { "idle" });
    }
    let bench = Bench::over(&redis, 200, WORKERS);
    let expected: Vec<&str> = (1..=200).map(|instance| if instance % 3 == 0 { "1" } else { "0" }).collect();
    bench.until(&expected.join(" ")).await;
}

//! The running tasks of a Karton identity, written as Karton writes them.

use trimtab_tests::lab::Redis;

use crate::bench::Bench;

const IDENTITY: &str = "karton.drakrun-prod";

const BY_KEY: &str = "karton = { source = 'queue', identity = 'karton.drakrun-prod', instance-key = 'drakvnc:{task}' }";

/// Puts a task of the identity down, as Karton 5.4 and later do.
fn task(redis: &Redis, uid: &str, status: &str) {
    task_of(redis, &format!("{{root-of-{uid}}}:{uid}"), &format!("root-of-{uid}"), IDENTITY, status, 1_700_000_000.5);
}

fn task_of(redis: &Redis, uid: &str, root: &str, identity: &str, status: &str, at: f64) {
    let record = format!(
        r#"{{"uid": "{uid}", "root_uid": "{root}", "parent_uid": null, "orig_uid": "{uid}", "status": "{status}",
             "priority": "normal", "headers": {{"receiver": "{identity}"}}, "last_update": {at}, "payload": {{}}}}"#
    );
    redis.command(&["SET", &format!("karton.task:{uid}"), &record]);
}

/// Notes who has a task, as drakrun does.
fn taken(redis: &Redis, uid: &str, instance: &str) {
    redis.command(&["SET", &format!("drakvnc:{{root-of-{uid}}}:{uid}"), instance, "EX", "3600"]);
}

#[tokio::test]
async fn the_key_of_a_task_tells_who_is_busy() {
    let redis = Redis::start();
    let bench = Bench::over(&redis, 3, BY_KEY);
    bench.until("0 0 0").await;
    taken(&redis, "a", "2");
    task(&redis, "a", "Started");
    task(&redis, "waiting", "Spawned");
    bench.until("0 1 0").await;
    task(&redis, "a", "Finished");
    bench.until("0 0 0").await;
}

#[tokio::test]
async fn a_task_that_may_be_anywhere_leaves_only_those_known_that_have_one() {
    let redis = Redis::start();
    taken(&redis, "a", "2");
    task(&redis, "a", "Started");
    task(&redis, "b", "Started");
    let bench = Bench::over(&redis, 3, BY_KEY);
    bench.until("? 1 ?").await;
    assert_eq!(bench.why(1), "1 running Karton task(s) may be with any instance, so also with this one");
    taken(&redis, "b", "vm-3");
    bench.one_more_round(2).await;
    assert_eq!(bench.told(3), "? 1 ?", "what is no number names nobody");
    taken(&redis, "b", "3");
    bench.until("0 1 1").await;
}

#[tokio::test]
async fn without_keys_all_are_idle_or_nobody_is_known() {
    let redis = Redis::start();
    let bench = Bench::over(&redis, 2, "karton = { source = 'queue', identity = 'karton.drakrun-prod' }");
    bench.until("0 0").await;
    task_of(&redis, "old-form", "r", IDENTITY, "Started", 1_700_000_000.0);
    bench.until("? ?").await;
    task_of(&redis, "old-form", "r", IDENTITY, "Crashed", 1_700_000_000.0);
    task_of(&redis, "theirs", "r", "karton.other", "Started", 1_700_000_000.0);
    bench.until("0 0").await;
}

#[tokio::test]
async fn a_record_that_cannot_be_read_may_be_anybodys() {
    let redis = Redis::start();
    let bench = Bench::over(&redis, 2, BY_KEY);
    bench.until("0 0").await;
    task(&redis, "a", "Paused");
    bench.until("? ?").await;
    task(&redis, "a", "Finished");
    bench.until("0 0").await;
}

#[tokio::test]
async fn an_orphan_blocks_for_its_time_only_and_never_who_is_named() {
    let redis = Redis::start();
    let long_ago = 1_700_000_000.0;
    task_of(&redis, "orphan", "r", IDENTITY, "Started", long_ago);
    let config = "karton = { source = 'queue', identity = 'karton.drakrun-prod', instance-key = 'at:{root}:{task}', \
                  started-timeout = '1h' }";
    let bench = Bench::over(&redis, 2, config);
    bench.until("0 0").await;
    redis.command(&["SET", "at:r:orphan", "1"]);
    bench.until("1 0").await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    task_of(&redis, "young", "r", IDENTITY, "Started", now);
    bench.until("1 ?").await;
}

#[tokio::test]
async fn a_redis_that_is_gone_tells_nothing_and_comes_back() {
    let mut redis = Redis::start();
    let bench = Bench::over(&redis, 2, BY_KEY);
    bench.until("0 0").await;
    redis.service().kill();
    bench.until("? ?").await;
    assert!(bench.why(1).starts_with("the queue gave no answer: "), "{}", bench.why(1));
    redis.service().restart();
    bench.until("0 0").await;
}

//! Source `karton` on a Redis that refuses, breaks, is large, or holds rubbish.

use std::time::{Duration, Instant};

use adapters::source::{Connection, Question, Source};
use scaling_core::observation::Sample;
use scaling_core::units::{Timestamp, Value};
use trimtab_tests::lab::Redis;
use trimtab_tests::lab::redis::RespReply;

use crate::bench::{MINUTE, NOW, ask, ask_at, ask_until, message, read, source, told};

const WAITING: &str = "read = 'waiting'";
const RUNNING: &str = "read = 'running'";
const ORPHANS: &str = "read = 'orphans'";
const DEMAND: &str = "read = 'demand'";
const OLDEST: &str = "read = 'oldest-age'";
const CONSUMERS: &str = "read = 'consumers'";

fn question(words: &str) -> String {
    format!("karton = {{ source = 's', identity = 'karton.a', {words} }}")
}

fn over(redis: &Redis, login: &str, words: &str) -> Box<dyn Source> {
    source(&format!("redis = {{ address = '{}', {login} timeout = '20s' }}", redis.address()), &question(words))
}

async fn told_of(redis: &Redis, words: &str) -> String {
    told(&ask(&*over(redis, "", words)).await)
}

/// A record, as all versions of Karton write it, `age` seconds old at [`NOW`].
fn record(uid: &str, receiver: &str, status: &str, age: i64) -> String {
    let at = NOW.0 as i64 / 1000 - age;
    format!(
        r#"{{"uid": "{uid}", "root_uid": "r", "orig_uid": null, "status": "{status}", "priority": "normal",
             "last_update": {at}.5, "headers": {{"receiver": "{receiver}"}}, "payload": {{"x": [1, 2]}}, "error": null}}"#
    )
}

fn put(redis: &Redis, uid: &str, status: &str, age: i64) {
    redis.command(&["SET", &format!("karton.task:{uid}"), &record(uid, "karton.a", status, age)]);
    if status == "Spawned" {
        redis.command(&["RPUSH", "karton.queue.normal:karton.a", uid]);
    }
}

#[tokio::test]
async fn both_forms_of_keys_and_the_list_of_karton_2() {
    let redis = Redis::start();
    put(&redis, "{r}:1", "Started", 10);
    put(&redis, "2", "Started", 20);
    put(&redis, "{r}:3", "Spawned", 30);
    put(&redis, "4", "Finished", 40);
    redis.command(&["SET", "karton.task:5", &record("5", "karton.a", "Spawned", 50)]);
    redis.command(&["RPUSH", "karton.a", "5"]);
    redis.command(&["SET", "karton.task:6", &record("6", "karton.b", "Started", 60)]);
    for (words, expected) in
        [(RUNNING, "2"), (WAITING, "2"), (OLDEST, "49.5"), ("read = 'waiting', priority = 'normal'", "1")]
    {
        assert_eq!(told_of(&redis, words).await, expected, "{words}");
    }
}

#[tokio::test]
async fn rubbish_makes_it_partial_and_spoils_nothing() {
    let redis = Redis::start();
    put(&redis, "1", "Started", 10);
    put(&redis, "2", "Spawned", 20);
    redis.command(&["SET", "karton.task:3", &record("3", "karton.b", "Paused", 10)]);
    redis.command(&["RPUSH", "karton.task:4", "a list where a text should be"]);
    assert_eq!(told_of(&redis, RUNNING).await, "1", "a record of another identity is nothing to us");
    for (n, rubbish) in ["", "{", "null", "[1]", "\u{0}\u{1}", &record("5", "karton.a", "Paused", 1)].iter().enumerate()
    {
        redis.command(&["SET", "karton.task:5", rubbish]);
        for words in [RUNNING, ORPHANS] {
            assert!(told_of(&redis, words).await.ends_with('~'), "{n} {words}");
        }
    }
    // Bytes that are no text, which a client that speaks text can't send.
    redis.command(&["EVAL", "redis.call('SET', 'karton.task:5', '{\"uid\": \"\\255\\254\"}')", "0"]);
    assert_eq!((told_of(&redis, RUNNING).await.as_str(), told_of(&redis, WAITING).await.as_str()), ("1~", "1"));
    redis.command(&["LPUSH", "karton.queue.normal:karton.a", "without a record"]);
    assert_eq!(told_of(&redis, OLDEST).await, "19.5~");
    redis.command(&["DEL", "karton.task:2"]);
    assert_eq!(told_of(&redis, OLDEST).await, "", "there are tasks, and none can be read: unknown, not zero");
}

#[tokio::test]
async fn a_clock_ahead_of_ours_makes_no_negative_age() {
    let redis = Redis::start();
    put(&redis, "1", "Spawned", -3600);
    put(&redis, "2", "Started", -3600);
    assert_eq!(told_of(&redis, OLDEST).await, "0");
    assert_eq!(told_of(&redis, "read = 'demand', started-timeout = '1s'").await, "1", "waits; the other is an orphan");
}

/// By the clock of these tests Redis came up long after the task was taken: nobody could have called since.
#[tokio::test]
async fn an_absent_consumer_proves_nothing_about_tasks_from_before_redis_came_up() {
    let redis = Redis::start();
    put(&redis, "1", "Started", 3600);
    assert_eq!((told_of(&redis, ORPHANS).await.as_str(), told_of(&redis, DEMAND).await.as_str()), ("0", "1"));
    let timeout = "started-timeout = '59m'";
    assert_eq!(told_of(&redis, &format!("{ORPHANS}, {timeout}")).await, "1");
    assert_eq!(told_of(&redis, &format!("{DEMAND}, {timeout}")).await, "0");
    assert_eq!(told_of(&redis, &format!("{ORPHANS}, started-timeout = '61m'")).await, "0");
}

#[tokio::test]
async fn who_may_not_list_clients_knows_what_waits_and_runs_and_no_more() {
    let redis = Redis::start();
    put(&redis, "1", "Started", 3600);
    put(&redis, "2", "Spawned", 20);
    let rules = ["ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@read", "+select"];
    assert_eq!(redis.command(&rules), RespReply::Text("OK".to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "secret").unwrap();
    let login = format!("username = 'reader', password = {{ file = '{}' }},", file.display());
    let answer = async |words: &str| ask(&*over(&redis, &login, words)).await;
    for (words, expected) in [(WAITING, "1"), (RUNNING, "1"), (OLDEST, "19.5")] {
        assert_eq!(told(&answer(words).await), expected, "{words}");
    }
    for words in [CONSUMERS, ORPHANS, DEMAND] {
        let refusal = answer(words).await;
        assert_eq!(told(&refusal), "denied", "{words}: absent, not zero");
        assert!(message(&refusal).contains("+client|list and +info"), "{refusal:?}");
    }
    assert_eq!(told(&answer("read = 'demand', started-timeout = '1h'").await), "2");
    assert_eq!(told(&answer("read = 'demand', started-timeout = '30m'").await), "1");
    assert_eq!(told(&answer("jobs = true").await), "jobs");
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_is_found_again() {
    let mut redis = Redis::start();
    put(&redis, "1", "Started", 10);
    let running = over(&redis, "", RUNNING);
    assert_eq!(told(&ask(&*running).await), "1");
    redis.service().kill();
    ask_until(&*running, "unreachable").await;
    redis.service().restart();
    ask_until(&*running, "0").await;
}

#[tokio::test]
async fn a_queue_that_is_no_list_is_an_error() {
    let redis = Redis::start();
    redis.command(&["SET", "karton.queue.low:karton.a", "text"]);
    for words in [WAITING, DEMAND, OLDEST, "jobs = true"] {
        assert_eq!(told(&ask(&*over(&redis, "", words)).await), "garbled", "{words}");
    }
}

fn fill(redis: &Redis, tasks: u32) {
    let (started, waiting, padding) =
        (record("UID", "karton.a", "Started", 3600), record("UID", "karton.a", "Spawned", 3600), "x".repeat(1000));
    let script = "for i = 1, tonumber(ARGV[1]) do local uid = '{r' .. i .. '}:u' .. i
        local record = i % 2 == 0 and ARGV[2] or ARGV[3]
        redis.call('SET', 'karton.task:' .. uid, (record:gsub('UID', uid):gsub('\"x\"', '\"' .. ARGV[4] .. '\"')))
        if i % 2 == 1 then redis.call('RPUSH', 'karton.queue.normal:karton.a', uid) end end";
    redis.command(&["EVAL", script, "0", &tasks.to_string(), &started, &waiting, &padding]);
}

fn calls(redis: &Redis, command: &str) -> u64 {
    let RespReply::Text(stats) = redis.command(&["INFO", "commandstats"]) else { return 0 };
    let line =
        stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls="))?.split(',').next());
    line.map_or(0, |calls| calls.parse().unwrap())
}

/// 10,000 tasks are read quickly, in pieces that keep nobody waiting, and once for all who ask together.
#[tokio::test]
async fn ten_thousand_tasks_are_read_once_for_all_who_ask_together() {
    let redis = Redis::start();
    fill(&redis, 10_000);
    let connection: Connection =
        read(&format!("redis = {{ address = '{}', timeout = '20s' }}", redis.address())).unwrap();
    let link = connection.open();
    let over = |words: &str| read::<Question>(&question(words)).unwrap().over(&link).unwrap();
    redis.command(&["CONFIG", "RESETSTAT"]);
    let started = Instant::now();
    assert_eq!(told(&ask(&*over(RUNNING)).await), "5000");
    let (alone, scans) = (started.elapsed(), calls(&redis, "scan"));
    assert!(scans <= 12, "{scans}");
    redis.command(&["CONFIG", "RESETSTAT"]);
    let all = [RUNNING, DEMAND, ORPHANS, OLDEST, WAITING, "jobs = true"].map(over);
    let answers = all.each_ref().map(|source| source.ask(NOW, MINUTE));
    let [running, demand, orphans, oldest, waiting, jobs] = answers;
    let told_all = tokio::join!(running, demand, orphans, oldest, waiting, jobs);
    assert_eq!(told(&told_all.0), "5000");
    assert_eq!(told(&told_all.1), "10000");
    assert_eq!((told(&told_all.3).as_str(), told(&told_all.4).as_str()), ("3599.5", "5000"));
    assert!(calls(&redis, "scan") <= 2 * scans, "{}", calls(&redis, "scan"));
    let slowest = redis.command(&["LATENCY", "HISTOGRAM", "mget", "scan", "lrange"]);
    eprintln!("10,000 tasks: {alone:?} alone; {slowest:?}");
    assert!(alone < Duration::from_secs(2), "{alone:?}");
}

#[tokio::test]
async fn long_queues_are_read_whole_and_in_pieces() {
    let redis = Redis::start();
    fill(&redis, 9_001);
    let Ok(adapters::source::Answer::Jobs(jobs)) = ask_at(&*over(&redis, "", "jobs = true"), NOW).await else {
        panic!("no jobs")
    };
    assert_eq!((jobs.queued.len(), jobs.running.len(), jobs.partial), (4501, 4500, false));
    let at = Timestamp(NOW.0 - 3_599_500);
    assert_eq!(jobs.queued[0], Sample { at, value: Value::new(1.0).unwrap() });
}

#[tokio::test]
async fn more_tasks_than_can_be_counted_are_an_error_that_says_so() {
    let redis = Redis::start();
    redis.command(&["EVAL", "for i = 1, 100001 do redis.call('SET', 'karton.task:' .. i, '') end", "0"]);
    let refusal = message(&ask(&*over(&redis, "", RUNNING)).await);
    assert!(refusal.contains("more than 100000 tasks"), "{refusal}");
    assert_eq!(told_of(&redis, WAITING).await, "0", "what waits is known all the same");
}

//! Source `redis` against a real redis-server.

use trimtab_tests::lab::Redis;
use trimtab_tests::lab::redis::RespReply;

use crate::bench::{ask, message, source, told};

async fn answer(redis: &Redis, question: &str) -> String {
    let connection = format!("redis = {{ address = '{}' }}", redis.address());
    let answer = ask(&*source(&connection, &format!("redis = {{ source = 's', {question} }}"))).await;
    if answer.is_ok() { told(&answer) } else { message(&answer) }
}

#[tokio::test]
async fn sizes_of_what_is_there_and_true_zeros_of_what_is_not() {
    let redis = Redis::start();
    redis.command(&["RPUSH", "high", "a", "b", "c"]);
    redis.command(&["RPUSH", "low", "a"]);
    redis.command(&["ZADD", "delayed", "1", "a", "2", "b"]);
    redis.command(&["SADD", "workers", "w1", "w2", "w3", "w4"]);
    redis.command(&["XADD", "events", "*", "k", "v"]);
    for (question, expected) in [
        ("list-length = 'high'", "3"),
        ("list-length = ['high', 'low', 'none']", "4"),
        ("list-length = 'none'", "0"),
        ("sorted-set-size = 'delayed'", "2"),
        ("set-size = 'workers'", "4"),
        ("stream-length = 'events'", "1"),
        ("stream-length = 'none'", "0"),
    ] {
        assert_eq!(answer(&redis, question).await, expected, "{question}");
    }
}

#[tokio::test]
async fn numbers_at_keys_and_missing_ones() {
    let redis = Redis::start();
    redis.command(&["SET", "a", "2.5"]);
    redis.command(&["INCRBY", "b", "40"]);
    assert_eq!(answer(&redis, "key-value = 'a'").await, "2.5");
    assert_eq!(answer(&redis, "key-value = ['a', 'b']").await, "42.5");
    assert_eq!(answer(&redis, "key-value = ['a', 'none']").await, "2.5~", "partial: one key is missing");
    assert_eq!(answer(&redis, "key-value = 'none'").await, "", "missing, not zero");
}

#[tokio::test]
async fn the_lag_and_the_pending_entries_of_a_consumer_group() {
    let redis = Redis::start();
    let (lag, pending) =
        ("stream-lag = { stream = 's', consumer-group = 'g' }", "pending = { stream = 's', consumer-group = 'g' }");
    let no_stream = answer(&redis, lag).await;
    assert!(no_stream.contains("no such key"), "{no_stream}");
    for n in 0..5 {
        redis.command(&["XADD", "s", &format!("{}-1", n + 1), "n", "v"]);
    }
    assert_eq!(answer(&redis, lag).await, "stream \"s\" has no consumer group \"g\"");
    let no_group = answer(&redis, pending).await;
    assert!(no_group.contains("NOGROUP"), "{no_group}");
    redis.command(&["XGROUP", "CREATE", "s", "g", "0"]);
    assert_eq!((answer(&redis, lag).await.as_str(), answer(&redis, pending).await.as_str()), ("5", "0"));
    redis.command(&["XREADGROUP", "GROUP", "g", "me", "COUNT", "2", "STREAMS", "s", ">"]);
    assert_eq!((answer(&redis, lag).await.as_str(), answer(&redis, pending).await.as_str()), ("3", "2"));
    // After an entry in the middle was deleted, Redis itself can't tell any more.
    assert_eq!(redis.command(&["XDEL", "s", "4-1"]), RespReply::Number(1));
    assert_eq!(answer(&redis, lag).await, "", "unknown, not zero");
}

#[tokio::test]
async fn another_database_is_another_world() {
    let redis = Redis::start();
    redis.command(&["RPUSH", "jobs", "a"]);
    let connection = format!("redis = {{ address = '{}', database-index = 3 }}", redis.address());
    let question = "redis = { source = 's', list-length = 'jobs' }";
    assert_eq!(told(&ask(&*source(&connection, question)).await), "0");
    let beyond = format!("redis = {{ address = '{}', database-index = 99 }}", redis.address());
    let refused = ask(&*source(&beyond, question)).await;
    assert!(refused.is_err(), "{refused:?}");
}

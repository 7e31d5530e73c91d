//! Whatever a Redis does is an error or nothing, and never a zero.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use trimtab_tests::lab::Redis;
use trimtab_tests::lab::process::free_port;

use crate::bench::{ask, ask_until, message, source, told};

const LENGTH: &str = "redis = { source = 's', list-length = 'jobs' }";

fn at(address: &str, more: &str) -> String {
    format!("redis = {{ address = '{address}', timeout = '5s' {more} }}")
}

/// A server that says the same thing on every connection, then closes it, three connections long.
fn parrot(words: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().take(3) {
            let mut stream = stream.unwrap();
            // Whatever comes first is answered, whatever it was.
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(words);
        }
    });
    address
}

#[tokio::test]
async fn what_is_no_redis_is_an_error() {
    for (fault, words, labels) in [
        ("closes", &b""[..], &["unreachable"][..]),
        ("HTML", b"<!doctype html>\r\n<p>Please sign in\r\n", &["garbled", "unreachable"]),
        ("HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n", &["garbled", "unreachable"]),
        ("half a reply", b"$10\r\nabc", &["garbled", "unreachable"]),
    ] {
        let answer = ask(&*source(&at(&parrot(words), ""), LENGTH)).await;
        assert!(labels.contains(&told(&answer).as_str()), "{fault}: {answer:?}");
    }
    let nobody = format!("127.0.0.1:{}", free_port());
    let refused = ask(&*source(&at(&nobody, ""), LENGTH)).await;
    assert!(told(&refused) == "unreachable" && message(&refused).contains(&nobody), "{refused:?}");
}

#[tokio::test]
async fn a_key_of_another_type_is_named_with_its_type() {
    let redis = Redis::start();
    redis.command(&["SET", "jobs", "7"]);
    redis.command(&["RPUSH", "list", "a"]);
    for (question, expected) in [
        ("list-length = 'jobs'", "key \"jobs\" holds a string, which LLEN can't tell"),
        ("list-length = ['list', 'jobs']", "key \"jobs\" holds a string, which LLEN can't tell"),
        ("sorted-set-size = 'list'", "key \"list\" holds a list, which ZCARD can't tell"),
        ("set-size = 'list'", "key \"list\" holds a list, which SCARD can't tell"),
        ("stream-length = 'list'", "key \"list\" holds a list, which XLEN can't tell"),
        ("key-value = 'list'", "key \"list\" holds a list, which GET can't tell"),
        (
            "stream-lag = { stream = 'list', consumer-group = 'g' }",
            "key \"list\" holds a list, which XINFO GROUPS can't tell",
        ),
        ("pending = { stream = 'list', consumer-group = 'g' }", "key \"list\" holds a list, which XPENDING can't tell"),
    ] {
        let answer = ask(&*source(&at(&redis.address(), ""), &format!("redis = {{ source = 's', {question} }}"))).await;
        assert_eq!(told(&answer), "garbled", "{question}: {answer:?}");
        assert_eq!(message(&answer), format!("{}: {expected}", redis.address()));
    }
}

#[tokio::test]
async fn values_that_are_no_numbers() {
    let redis = Redis::start();
    let question = |key: &str| format!("redis = {{ source = 's', key-value = '{key}' }}");
    let huge = "9x".repeat(2_000_000);
    for (key, value, expected) in [
        ("text", "many", "garbled"),
        ("empty", "", "garbled"),
        ("html", "<p>7</p>", "garbled"),
        ("huge", huge.as_str(), "garbled"),
        ("nan", "NaN", ""),
        ("inf", "inf", ""),
    ] {
        redis.command(&["SET", key, value]);
        assert_eq!(told(&ask(&*source(&at(&redis.address(), ""), &question(key))).await), expected, "{key}");
    }
    assert_eq!(told(&ask(&*source(&at(&redis.address(), ""), &question("missing"))).await), "");
}

#[tokio::test]
async fn a_password_is_needed_read_anew_and_never_shown() {
    let redis = Redis::with_password("open sesame");
    redis.command(&["RPUSH", "jobs", "a", "b"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    let without = source(&at(&redis.address(), ""), LENGTH);
    assert_eq!(told(&ask(&*without).await), "denied");
    let with = source(&at(&redis.address(), &format!(", password = {{ file = '{}' }}", path.display())), LENGTH);
    let missing = ask(&*with).await;
    assert!(told(&missing) == "denied" && message(&missing).contains(&path.display().to_string()), "{missing:?}");
    std::fs::write(&path, "hunter2\n").unwrap();
    let wrong = ask(&*with).await;
    assert!(told(&wrong) == "denied" && !message(&wrong).contains("hunter2"), "{wrong:?}");
    std::fs::write(&path, "open sesame\n").unwrap();
    assert_eq!(told(&ask(&*with).await), "2");
    redis.command(&["CONFIG", "SET", "requirepass", "changed"]);
    assert_eq!(told(&ask(&*with).await), "2", "a connection that is open stays so");
}

#[tokio::test]
async fn a_user_may_lack_the_permission() {
    let redis = Redis::start();
    redis.command(&["ACL", "SETUSER", "limited", "on", ">open sesame", "~*", "+scard"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    std::fs::write(&path, "open sesame\n").unwrap();
    let login = format!(", username = 'limited', password = {{ file = '{}' }}", path.display());
    let answer = ask(&*source(&at(&redis.address(), &login), LENGTH)).await;
    assert!(told(&answer) == "denied" && message(&answer).contains("llen"), "{answer:?}");
    let allowed = source(&at(&redis.address(), &login), "redis = { source = 's', set-size = 'jobs' }");
    assert_eq!(told(&ask(&*allowed).await), "0");
}

#[tokio::test]
async fn a_paused_server_is_a_timeout_until_it_goes_on() {
    let mut redis = Redis::start();
    redis.command(&["RPUSH", "jobs", "a", "b", "c"]);
    let source = source(&format!("redis = {{ address = '{}', timeout = '300ms' }}", redis.address()), LENGTH);
    ask_until(&*source, "3").await;
    redis.service().pause();
    for _ in 0..2 {
        assert_eq!(message(&ask(&*source).await), "no answer within 300 ms");
    }
    redis.service().resume();
    ask_until(&*source, "3").await;
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_is_found_again() {
    let mut redis = Redis::start();
    redis.command(&["RPUSH", "jobs", "a", "b", "c"]);
    let source = source(&at(&redis.address(), ""), LENGTH);
    assert_eq!(told(&ask(&*source).await), "3");
    redis.service().restart();
    redis.command(&["RPUSH", "jobs", "a"]);
    assert_eq!(told(&ask(&*source).await), "1", "the broken connection is replaced within the same question");
    redis.service().kill();
    for _ in 0..2 {
        assert_eq!(told(&ask(&*source).await), "unreachable");
    }
    redis.service().restart();
    redis.command(&["RPUSH", "jobs", "a", "b"]);
    assert_eq!(told(&ask(&*source).await), "2");
}

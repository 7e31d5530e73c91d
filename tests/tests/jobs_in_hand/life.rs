//! When a watch asks, whom it tells, and when it ends.

use std::fs;
use std::time::Duration;

use adapters::backend::systemd::jobs::JobsInHand;
use adapters::backend::systemd::template::Instance;
use scaling_core::units::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use trimtab_tests::lab::{JsonServer, Reply};

use crate::bench::{Bench, numbers};

fn over(server: &JsonServer, most: u32) -> Bench {
    let config = format!("every = '100ms'\nhttp = {{ url = '{}/{{instance}}' }}", server.url());
    Bench::new(most, &config, None)
}

async fn until_asked(server: &JsonServer, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while server.requests().len() < count {
        assert!(Instant::now() < deadline, "asked {} times, not {count}", server.requests().len());
        sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn without_a_table_nothing_is_known() {
    let jobs = JobsInHand::unknown();
    assert_eq!(jobs.of(&Instance::number(1), Timestamp(0)), None);
    let why = jobs.why_unknown(&Instance::number(1), Timestamp(0)).unwrap();
    assert_eq!(why.to_string(), "nothing is configured that could tell its jobs");
}

#[tokio::test]
async fn who_waits_is_told_of_changes_only() {
    let server = JsonServer::start();
    server.reply("/1", Reply::json("0"));
    let bench = over(&server, 1);
    bench.changed.notified().await;
    assert_eq!(bench.told(1), "0");
    until_asked(&server, server.requests().len() + 3).await;
    assert!(!bench.has_changed().await, "the same number again is no change");
    for (reply, told) in [("1", "1"), ("2", "2"), ("none", "?"), ("0", "0")] {
        server.reply("/1", Reply::json(reply));
        bench.changed.notified().await;
        assert_eq!(bench.told(1), told);
    }
}

#[tokio::test]
async fn only_who_is_wanted_is_asked_and_at_once() {
    let dir = tempfile::tempdir().unwrap();
    for number in 1..=2 {
        fs::write(dir.path().join(number.to_string()), "0").unwrap();
    }
    let config = format!("every = '1h'\nfile = {{ path = '{}/{{instance}}' }}", dir.path().display());
    let bench = Bench::new(1, &config, None);
    bench.until("0 ?").await;
    assert_eq!(bench.why(2), "its jobs have not been asked for yet");
    bench.wanted.send(numbers(2)).unwrap();
    bench.until("0 0").await;
    bench.wanted.send([Instance::number(2)].into()).unwrap();
    bench.until("? 0").await;
    bench.wanted.send([].into()).unwrap();
    bench.until("? ?").await;
}

#[tokio::test]
async fn nobody_is_asked_after_the_last_clone_is_gone() {
    let server = JsonServer::start();
    server.reply("/1", Reply::json("0"));
    let Bench { jobs, wanted, .. } = over(&server, 1);
    let clone = jobs.clone();
    drop(jobs);
    until_asked(&server, server.requests().len() + 2).await;
    drop(clone);
    wanted.closed().await;
}

#[tokio::test]
async fn it_ends_with_who_wants_and_what_it_said_grows_too_old() {
    let server = JsonServer::start();
    server.reply("/1", Reply::json("0"));
    let mut bench = over(&server, 1);
    bench.until("0").await;
    bench.wanted = watch::channel(numbers(1)).0;
    bench.until("?").await;
    assert!(bench.why(1).starts_with("the last answer about its jobs is 5"), "{}", bench.why(1));
}

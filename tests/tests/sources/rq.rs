//! Source `rq` against real RQ of three generations.

use std::time::Duration;

use adapters::source::redis::RedisLink;
use adapters::source::rq::{Activity, worker_state};
use adapters::source::{Answer, Connection, Jobs, Link, Source};
use scaling_core::observation::Sample;
use trimtab_tests::lab::Rq;
use trimtab_tests::lab::redis::RespReply;
use trimtab_tests::lab::rq::QUEUE;

use crate::bench::{ask_at, read, real_now, settles, source, told};

/// Python takes its time to come up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const WORKER: &str = "drakrun-worker@lab:vm-1";

fn that(rq: &Rq, words: &str) -> Box<dyn Source> {
    let connection = format!("redis = {{ address = '{}', timeout = '30s' }}", rq.redis().address());
    source(&connection, &format!("rq = {{ source = 's', queue = '{QUEUE}', {words} }}"))
}

async fn settle(rq: &Rq, expected: &[(&str, &str)]) {
    for (read, number) in expected {
        settles(&*that(rq, &format!("read = '{read}'")), number, PATIENCE).await;
    }
}

async fn jobs(source: &dyn Source) -> Jobs {
    match ask_at(source, real_now()).await {
        Ok(Answer::Jobs(jobs)) => jobs,
        other => panic!("{other:?}"),
    }
}

fn values(samples: &[Sample]) -> Vec<f64> {
    samples.iter().map(|sample| sample.value.get()).collect()
}

fn link(rq: &Rq) -> std::sync::Arc<RedisLink> {
    let connection: Connection = read(&format!("redis = {{ address = '{}' }}", rq.redis().address())).unwrap();
    match connection.open() {
        Link::Redis(link) => link,
        _ => unreachable!("it is a redis"),
    }
}

async fn activity(rq: &Rq) -> Option<(Activity, Option<String>)> {
    let state = worker_state(&link(rq), WORKER).await.unwrap();
    state.map(|state| {
        assert!(state.heartbeat.is_some() && state.birth.is_some(), "{state:?}");
        (state.activity, state.current_job)
    })
}

async fn becomes(rq: &Rq, activity_now: Activity, job: Option<&String>) {
    let expected = Some((activity_now, job.cloned()));
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let found = activity(rq).await;
        if found == expected {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "still {found:?}, not {expected:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Idle, busy, queued, finished, and killed.
async fn a_day_of(versions: &str) {
    let rq = Rq::start(versions);
    assert_eq!(activity(&rq).await, None);
    let mut worker = rq.worker(WORKER);
    settle(&rq, &[("workers", "1")]).await;
    becomes(&rq, Activity::Idle, None).await;

    let stories = that(&rq, "jobs = true");
    let sent = real_now();
    let (gate, ids) = rq.send("first", 3);
    settle(&rq, &[("running", "1"), ("waiting", "2"), ("demand", "3"), ("orphans", "0")]).await;
    becomes(&rq, Activity::Busy, Some(&ids[0])).await;
    let seen = real_now();
    let now = jobs(&*stories).await;
    assert_eq!((values(&now.queued), values(&now.running)), (vec![1.0; 2], vec![1.0]), "{now:?}");
    assert!(values(&now.waited)[0] <= seen.since(sent).as_secs_f64() && !now.partial, "{now:?}");
    let age = told(&ask_at(&*that(&rq, "read = 'oldest-age'"), real_now().plus(PATIENCE)).await);
    assert!((60.0..120.0).contains(&age.parse::<f64>().unwrap()), "{age}");

    let taken_at = now.running[0].at;
    gate.open();
    settle(&rq, &[("running", "0"), ("waiting", "0"), ("demand", "0"), ("oldest-age", "0")]).await;
    becomes(&rq, Activity::Idle, None).await;
    let now = jobs(&*stories).await;
    assert_eq!((now.queued.len(), now.running.len(), now.waited.len(), now.finished.len()), (0, 0, 3, 3), "{now:?}");
    let longest = values(&now.finished).into_iter().fold(0.0, f64::max);
    let (least, most) = (seen.since(taken_at).as_secs_f64(), real_now().since(sent).as_secs_f64());
    assert!((least..=most).contains(&longest), "{longest} s of {least} to {most}");

    killed(&rq, &mut worker).await;
}

/// The horse goes on without its worker; RQ believes in the worker until its key expires.
async fn killed(rq: &Rq, worker: &mut trimtab_tests::lab::python::Script) {
    let (gate, ids) = rq.send("held", 1);
    becomes(rq, Activity::Busy, Some(&ids[0])).await;
    settle(rq, &[("running", "1"), ("demand", "1")]).await;
    worker.kill();
    settle(rq, &[("orphans", "0"), ("workers", "1")]).await;
    // What RQ itself does after 90 s without a sign of life.
    let expired = rq.redis().command(&["PEXPIRE", &format!("rq:worker:{WORKER}"), "1"]);
    assert_eq!(expired, RespReply::Number(1));
    settle(rq, &[("orphans", "1"), ("running", "1"), ("demand", "0"), ("workers", "0")]).await;
    assert_eq!(activity(rq).await, None);
    assert!(jobs(&*that(rq, "jobs = true")).await.running.is_empty());
    // Another that takes the name, as a unit does that is started again, has another job or none.
    let again = rq.worker(WORKER);
    settle(rq, &[("workers", "1"), ("orphans", "1"), ("demand", "0")]).await;
    gate.open();
    drop(again);
}

#[tokio::test]
async fn rq_of_today() {
    a_day_of("newest").await;
}

#[tokio::test]
async fn rq_2() {
    a_day_of("middle").await;
}

#[tokio::test]
async fn rq_1() {
    a_day_of("oldest").await;
}

//! Source `karton` against real Karton of three generations: D21, D22 and what else is known of its tasks.

use std::time::Duration;

use adapters::source::{Answer, Connection, Jobs, Link, Source, karton};
use scaling_core::observation::Sample;
use trimtab_tests::lab::Karton;
use trimtab_tests::lab::karton::IDENTITY;
use trimtab_tests::lab::python::Script;
use trimtab_tests::lab::redis::RespReply;

use crate::bench::{ask_at, read, real_now, settles, source, told};

/// Python takes its time to come up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// All the questions that there are, to one identity.
struct Questions {
    redis: String,
}

impl Questions {
    fn of(karton: &Karton) -> Self {
        Self { redis: karton.redis().address() }
    }

    fn that(&self, words: &str) -> Box<dyn Source> {
        let connection = format!("redis = {{ address = '{}', timeout = '30s' }}", self.redis);
        source(&connection, &format!("karton = {{ source = 's', identity = '{IDENTITY}', {words} }}"))
    }

    async fn settle(&self, expected: &[(&str, &str)]) {
        for (read, number) in expected {
            settles(&*self.that(&format!("read = '{read}'")), number, PATIENCE).await;
        }
    }

    /// All at this moment.
    async fn are(&self, expected: &[(&str, &str)]) {
        for (words, number) in expected {
            let answer = ask_at(&*self.that(words), real_now()).await;
            assert_eq!(told(&answer), *number, "{words}: {answer:?}");
        }
    }

    async fn age(&self, later: Duration) -> f64 {
        match ask_at(&*self.that("read = 'oldest-age'"), real_now().plus(later)).await {
            Ok(Answer::Readings(readings)) => readings[0].samples[0].value.get(),
            other => panic!("{other:?}"),
        }
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

/// A consumer that Karton knows: tasks sent from now on are routed to it.
async fn known_consumer(karton: &Karton, questions: &Questions) -> Script {
    let consumer = karton.consumer();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while karton.redis().command(&["HEXISTS", "karton.binds", IDENTITY]) != RespReply::Number(1) {
        assert!(tokio::time::Instant::now() < deadline, "no consumer: {}", consumer.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    questions.settle(&[("consumers", "1")]).await;
    consumer
}

fn task_keys(karton: &Karton) -> Vec<String> {
    match karton.redis().command(&["KEYS", "karton.task:*"]) {
        RespReply::List(keys) => keys.iter().map(|key| format!("{key:?}")).collect(),
        other => panic!("{other:?}"),
    }
}

/// Busy and queued, finished, killed, and come again.
async fn a_day_of(versions: &str, keys_have_roots: bool) {
    let karton = Karton::start(versions);
    let questions = Questions::of(&karton);
    let mut consumer = known_consumer(&karton, &questions).await;
    questions.are(&[("read = 'demand'", "0"), ("read = 'oldest-age'", "0"), ("read = 'running'", "0")]).await;

    let stories = questions.that("jobs = true");
    let sent = real_now();
    let first = karton.send("first", &["high"]);
    questions.settle(&[("running", "1")]).await;
    let second = karton.send("second", &["normal", "normal", "low"]);
    questions.settle(&[("waiting", "3")]).await;
    d21(&questions).await;
    assert!(task_keys(&karton).iter().all(|key| key.contains("karton.task:{") == keys_have_roots), "{versions}");
    let seen_running = real_now();
    let now = jobs(&*stories).await;
    assert_eq!((values(&now.queued), values(&now.running)), (vec![1.0; 3], vec![1.0]));
    assert!(now.waited.len() == 1 && values(&now.waited)[0] <= seen_running.since(sent).as_secs_f64(), "{now:?}");
    assert!(!now.partial && now.finished.is_empty(), "{now:?}");

    first.open();
    second.open();
    questions.settle(&[("waiting", "0"), ("running", "0")]).await;
    questions.are(&[("read = 'demand'", "0"), ("read = 'orphans'", "0"), ("read = 'oldest-age'", "0")]).await;
    assert_eq!(task_keys(&karton).len(), 8, "what is finished is there still, and not counted");
    let now = jobs(&*stories).await;
    assert!(now.queued.is_empty() && now.running.is_empty(), "{now:?}");
    let longest = values(&now.finished).into_iter().fold(0.0, f64::max);
    let (least, most) = (seen_running.since(now.waited[0].at), real_now().since(sent));
    assert!((least.as_secs_f64()..=most.as_secs_f64()).contains(&longest), "{now:?}");

    d22(&karton, &questions, &mut consumer).await;
}

/// 1 Started, 2 normal and 1 low queued.
async fn d21(questions: &Questions) {
    questions
        .are(&[
            ("read = 'waiting'", "3"),
            ("read = 'waiting', priority = 'high'", "0"),
            ("read = 'waiting', priority = 'normal'", "2"),
            ("read = 'waiting', priority = 'low'", "1"),
            ("read = 'running'", "1"),
            ("read = 'demand'", "4"),
            ("read = 'orphans'", "0"),
            ("read = 'consumers'", "1"),
        ])
        .await;
    let now = questions.age(Duration::ZERO).await;
    let later = questions.age(Duration::from_secs(100)).await;
    assert!(now > 0.0 && (now + 100.0..now + 110.0).contains(&later), "{now} s, then {later} s");
}

/// A consumer is killed in mid-task: that is no demand, also when the consumer has come up again.
async fn d22(karton: &Karton, questions: &Questions, consumer: &mut Script) {
    let held = karton.send("held", &["normal"]);
    questions.settle(&[("running", "1")]).await;
    let link = link(karton);
    let tasks = karton::started_tasks(&link, IDENTITY).await.unwrap();
    assert!(tasks.len() == 1 && tasks[0].uid.contains(tasks[0].short_uid()), "{tasks:?}");
    consumer.kill();
    questions.settle(&[("consumers", "0"), ("orphans", "1")]).await;
    questions.are(&[("read = 'running'", "1"), ("read = 'demand'", "0"), ("read = 'waiting'", "0")]).await;
    assert!(jobs(&*questions.that("jobs = true")).await.running.is_empty());
    let _again = known_consumer(karton, questions).await;
    questions.settle(&[("orphans", "1"), ("demand", "0")]).await;
    let other = karton.send("other", &["normal"]);
    questions.settle(&[("running", "2"), ("orphans", "1"), ("demand", "1")]).await;
    other.open();
    questions.settle(&[("running", "1"), ("orphans", "1"), ("demand", "0")]).await;
    drop(held);
}

fn link(karton: &Karton) -> std::sync::Arc<adapters::source::redis::RedisLink> {
    let connection: Connection = read(&format!("redis = {{ address = '{}' }}", karton.redis().address())).unwrap();
    match connection.open() {
        Link::Redis(link) => link,
        _ => unreachable!("it is a redis"),
    }
}

#[tokio::test]
async fn karton_of_today() {
    a_day_of("newest", true).await;
}

#[tokio::test]
async fn karton_before_keys_had_roots() {
    a_day_of("middle", false).await;
}

#[tokio::test]
async fn karton_whose_system_keeps_the_status() {
    a_day_of("oldest", false).await;
}

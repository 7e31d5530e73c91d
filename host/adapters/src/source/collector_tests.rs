//! A collector under paused time, over a source that does as the test says.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use async_trait::async_trait;
use scaling_core::observation::{Attribute, Quality, Sample, Subject};
use scaling_core::units::{AgentId, Value};

use super::*;
use crate::source::Jobs;

type Reply = Result<Answer, SourceError>;

/// Answers by the script; after its end it hangs.
struct Scripted {
    script: Mutex<VecDeque<(Duration, Reply)>>,
    asked: Arc<AtomicUsize>,
    jobs: bool,
}

#[async_trait]
impl Source for Scripted {
    async fn ask(&self, _now: Timestamp, _window: Duration) -> Reply {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let next = self.script.lock().unwrap().pop_front();
        let Some((delay, reply)) = next else { return std::future::pending().await };
        tokio::time::sleep(delay).await;
        reply
    }

    fn gives_jobs(&self) -> bool {
        self.jobs
    }
}

struct Bench {
    collector: Collector,
    asked: Arc<AtomicUsize>,
}

const SECOND: Duration = Duration::from_secs(1);

fn bench(jobs: bool, script: Vec<(Duration, Reply)>) -> Bench {
    let asked = Arc::new(AtomicUsize::new(0));
    let source = Scripted { script: Mutex::new(script.into()), asked: asked.clone(), jobs };
    let settings = CollectorSettings::for_interval(SECOND, 2 * SECOND, 10 * SECOND);
    Bench { collector: Collector::new(Box::new(source), settings), asked }
}

fn value(number: f64) -> Value {
    Value::new(number).unwrap()
}

fn reading(subject: Subject, at: u64, number: f64) -> Reading {
    let samples = vec![Sample { at: Timestamp(at), value: value(number) }];
    Reading { subject, samples, attributes: vec![], partial: false }
}

fn one(at: u64, number: f64) -> Answer {
    Answer::Readings(vec![reading(Subject::Target, at, number)])
}

fn down() -> Reply {
    Err(SourceError::Unreachable("gone".to_owned()))
}

fn ask(name: &str) -> Ask {
    Ask { name: name.to_owned(), subject: SubjectKind::Target, window: 10 * SECOND }
}

impl Bench {
    async fn load(&self, now: u64, slot: u64) -> Series {
        self.collector.series(Timestamp(now), slot, &[ask("load")]).await.remove(0)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn values(series: &Series) -> Vec<f64> {
    series.samples.iter().map(|sample| sample.value.get()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_older_slot_is_answered_with_what_is_known() {
    let bench = bench(false, vec![(Duration::ZERO, Ok(one(1_000, 5.0))), (Duration::ZERO, Ok(one(2_000, 6.0)))]);
    bench.load(1_000, 7).await;
    let series = bench.load(1_010, 6).await;
    assert_eq!((bench.asked(), series.samples.len()), (1, 1), "a target that was woken early is a slot behind");
    bench.load(2_000, 8).await;
    assert_eq!(bench.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_query_serves_all_askers_of_a_slot() {
    let bench = bench(false, vec![(SECOND, Ok(one(1000, 7.0))), (SECOND, Ok(one(2000, 8.0)))]);
    let (first, second, third) = tokio::join!(bench.load(1000, 1), bench.load(1000, 1), bench.load(1001, 1));
    for series in [first, second, third, bench.load(1500, 1).await] {
        assert_eq!((series.quality, values(&series)), (Quality::Fresh, vec![7.0]));
    }
    assert_eq!(bench.asked(), 1);
    assert_eq!(values(&bench.load(2000, 2).await), [7.0, 8.0]);
    assert_eq!(bench.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_query_is_the_answer_of_its_slot() {
    let bench = bench(false, vec![(Duration::ZERO, down()), (Duration::ZERO, Ok(one(2000, 1.0)))]);
    for _ in 0..3 {
        assert_eq!(bench.load(1000, 1).await.quality, Quality::Absent);
    }
    assert_eq!(bench.asked(), 1);
    assert_eq!(bench.load(2000, 2).await.quality, Quality::Fresh);
}

#[tokio::test(start_paused = true)]
async fn failures_let_the_series_age_and_never_make_a_zero() {
    let script = vec![Ok(one(1000, 5.0)), down(), Ok(Answer::nothing()), down()];
    let bench = bench(false, script.into_iter().map(|reply| (Duration::ZERO, reply)).collect());
    let mut seen = Vec::new();
    for (slot, now) in [(1, 1000), (2, 3000), (3, 4001), (4, 11_001)] {
        let series = bench.load(now, slot).await;
        seen.push((series.quality, values(&series)));
    }
    let stale = (Quality::Stale, vec![5.0]);
    assert_eq!(seen, [(Quality::Fresh, vec![5.0]), (Quality::Fresh, vec![5.0]), stale, (Quality::Absent, vec![])]);
}

#[tokio::test(start_paused = true)]
async fn a_hung_source_holds_a_tick_for_the_timeout_and_no_longer() {
    let bench = bench(false, vec![]);
    let started = Instant::now();
    let late = async {
        tokio::time::sleep(SECOND).await;
        bench.load(2000, 2).await
    };
    let (first, second) = tokio::join!(bench.load(1000, 1), late);
    assert_eq!((first.quality, second.quality), (Quality::Absent, Quality::Absent));
    assert_eq!(started.elapsed(), 2 * SECOND, "the later tick joins the query under way");
    assert_eq!(bench.asked(), 1);
    let health = bench.collector.health();
    assert_eq!(health.failures_total.get("timeout"), Some(&1));
    assert_eq!(health.last_error.unwrap().text, "no answer within 2000 ms");
}

#[tokio::test(start_paused = true)]
async fn an_asker_that_goes_away_blocks_nobody() {
    let bench = bench(false, vec![(10 * SECOND, down()), (Duration::ZERO, Ok(one(1000, 3.0)))]);
    assert!(tokio::time::timeout(SECOND, bench.load(1000, 1)).await.is_err());
    assert_eq!(values(&bench.load(1000, 1).await), [3.0]);
}

#[tokio::test(start_paused = true)]
async fn health_tells_the_last_success_and_counts_failures() {
    let bench = bench(false, vec![(SECOND, Ok(one(1000, 1.0))), (Duration::ZERO, down())]);
    bench.load(1000, 1).await;
    let well = bench.collector.health();
    assert_eq!((well.last_success, well.failing, well.latency), (Some(Timestamp(1000)), false, Some(SECOND)));
    bench.load(2000, 2).await;
    let ill = bench.collector.health();
    assert_eq!((ill.last_success, ill.failing), (Some(Timestamp(1000)), true));
    assert_eq!(ill.last_error.map(|error| (error.at, error.label)), Some((Timestamp(2000), "unreachable")));
}

#[tokio::test(start_paused = true)]
async fn agents_have_their_own_series_and_one_that_is_gone_grows_stale() {
    let agent = |name: &str| Subject::Agent(AgentId::from(name));
    let both = Ok(Answer::Readings(vec![reading(agent("b"), 1000, 2.0), reading(agent("a"), 1000, 1.0)]));
    let rest = Ok(Answer::Readings(vec![reading(agent("a"), 5000, 3.0)]));
    let bench = bench(false, vec![(Duration::ZERO, both), (Duration::ZERO, rest)]);
    let asks = [Ask { subject: SubjectKind::Agent, ..ask("cpu") }, ask("cpu")];
    let first = bench.collector.series(Timestamp(1000), 1, &asks).await;
    let told: Vec<_> = first.iter().map(|series| (series.subject.clone(), series.quality)).collect();
    assert_eq!(told, [(agent("a"), Quality::Fresh), (agent("b"), Quality::Fresh), (Subject::Target, Quality::Absent)]);
    let second = bench.collector.series(Timestamp(5000), 2, &asks[..1]).await;
    let told: Vec<_> = second.iter().map(|series| (values(series), series.quality)).collect();
    assert_eq!(told, [(vec![1.0, 3.0], Quality::Fresh), (vec![2.0], Quality::Stale)]);
}

#[tokio::test(start_paused = true)]
async fn jobs_become_four_series_or_the_one_that_was_asked() {
    let queued = vec![Sample { at: Timestamp(500), value: value(1.0) }];
    let jobs = Jobs { queued, ..Jobs::default() };
    let bench = bench(true, vec![(Duration::ZERO, down()), (Duration::ZERO, Ok(Answer::Jobs(jobs)))]);
    let asks = [ask("work"), ask("jobs"), ask("work.jobs.queued")];
    let told = |series: Vec<Series>| -> Vec<(String, Quality, usize)> {
        series.into_iter().map(|series| (series.name, series.quality, series.samples.len())).collect()
    };
    let before = told(bench.collector.series(Timestamp(1000), 1, &asks[..1]).await);
    assert!(before.iter().all(|(_, quality, _)| *quality == Quality::Absent) && before.len() == 4, "{before:?}");
    let names = ["work.jobs.queued", "work.jobs.running", "work.jobs.waited", "work.jobs.finished"];
    let short = ["jobs.queued", "jobs.running", "jobs.waited", "jobs.finished"];
    let all = told(bench.collector.series(Timestamp(2000), 2, &asks).await);
    let expected = names.iter().chain(&short).chain(&names[..1]);
    let expected: Vec<_> =
        expected.map(|name| ((*name).to_owned(), Quality::Fresh, usize::from(name.ends_with("queued")))).collect();
    assert_eq!(all, expected);
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_too_many_series_is_refused_whole() {
    let flood = (0..=MAX_SERIES).map(|n| reading(Subject::Agent(AgentId(n.to_string())), 1000, 0.0)).collect();
    let bench = bench(false, vec![(Duration::ZERO, Ok(Answer::Readings(flood)))]);
    bench.load(1000, 1).await;
    assert_eq!(bench.collector.health().last_error.map(|error| error.label), Some("garbled"));
}

#[tokio::test(start_paused = true)]
async fn preloaded_windows_go_on_where_they_were() {
    let bench = bench(false, vec![(Duration::ZERO, Ok(one(5000, 2.0)))]);
    let samples = vec![Sample { at: Timestamp(4000), value: value(1.0) }];
    let earlier = |attributes| Series {
        name: "load".to_owned(),
        subject: Subject::Target,
        quality: Quality::Stale,
        samples: samples.clone(),
        attributes,
    };
    bench.collector.preload(vec![earlier(vec![]), earlier(vec![Attribute::text("zone", "x")])]);
    let series = bench.collector.series(Timestamp(5000), 1, &[ask("load")]).await;
    assert_eq!(series.iter().map(values).collect::<Vec<_>>(), [vec![1.0, 2.0], vec![1.0]]);
}

#[tokio::test(start_paused = true)]
async fn a_later_asker_may_want_a_longer_window() {
    let bench = bench(false, (1..=2).map(|n| (Duration::ZERO, Ok(one(n * 20_000, 1.0)))).collect());
    bench.collector.widen(30 * SECOND);
    bench.load(20_000, 1).await;
    let long = [Ask { window: 30 * SECOND, ..ask("load") }];
    assert_eq!(bench.collector.series(Timestamp(40_000), 2, &long).await[0].samples.len(), 2);
}

//! Source `prometheus` against a real Prometheus, which scrapes pages that the tests write.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use adapters::source::{Answer, Source};
use scaling_core::units::Timestamp;
use tokio::time::Instant;
use trimtab_tests::lab::{JsonServer, Prometheus, Reply};

use crate::bench::{ask_at, message, source, told};

const PAGE: &str = "# TYPE waiting gauge\nwaiting{host=\"a\"} 3\nwaiting{host=\"b\"} 4\nodd NaN\n\
    # TYPE t histogram\nt_bucket{le=\"+Inf\"} 1\nt_sum 1\nt_count 1\n";

fn now() -> Timestamp {
    Timestamp(u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap())
}

/// A Prometheus that has seen the page.
async fn prometheus() -> (JsonServer, Prometheus) {
    let exporter = JsonServer::start();
    exporter.reply("/metrics", Reply::metrics(PAGE));
    let prometheus = Prometheus::scraping(&[&exporter.address()]);
    let source = over(&prometheus, "query = 'sum(waiting)'");
    let deadline = Instant::now() + Duration::from_secs(10);
    while told(&ask_at(&*source, now()).await) != "7" {
        assert!(Instant::now() < deadline, "{:?}", prometheus.query("waiting"));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (exporter, prometheus)
}

fn over(prometheus: &Prometheus, question: &str) -> Box<dyn Source> {
    let connection = format!("prometheus = {{ server-address = '{}', timeout = '5s' }}", prometheus.url());
    source(&connection, &format!("[prometheus]\nsource = 's'\n{question}"))
}

#[tokio::test]
async fn queries_and_what_becomes_of_them() {
    let (_exporter, mut prometheus) = prometheus().await;
    for (question, expected) in [
        ("query = 'sum(waiting)'", "7"),
        ("query = '6 * 7'", "42"),
        ("query = 'sum(nothing_like_it)'", ""),
        ("query = 'sum(odd)'", ""),
        ("query = '1 / 0'", ""),
        ("query = 'max by (host) (waiting)'\nseries = 'each'", "host=a 3; host=b 4"),
        ("query = 'max by (host) (waiting)'\nagent-label = 'host'", "agent a 3; agent b 4"),
        ("query = 'max by (host) (waiting)'\nreplica-label = 'host'", "replica a 3; replica b 4"),
    ] {
        assert_eq!(told(&ask_at(&*over(&prometheus, question), now()).await), expected, "{question}");
    }
    for (question, expected) in [
        ("query = 'waiting'", "2 series for the target where one was expected: aggregate in the query"),
        ("query = 'sum('", "the query failed (bad_data)"),
        ("query = 'waiting[1m]'\nrange.step = '1s'", "the query failed (bad_data)"),
        ("query = '\"seven\"'", "the query yields text"),
        ("query = 'sum(waiting)'\nagent-label = 'host'", "has no label \"host\" to name its subject"),
    ] {
        let said = message(&ask_at(&*over(&prometheus, question), now()).await);
        assert!(said.contains(expected), "{question}: {said}");
    }
    prometheus.service().pause();
    let connection = format!("prometheus = {{ server-address = '{}', timeout = '200ms' }}", prometheus.url());
    let paused = source(&connection, "prometheus = { source = 's', query = '1' }");
    assert_eq!(told(&ask_at(&*paused, now()).await), "timeout");
    prometheus.service().resume();
    let one = over(&prometheus, "query = '1'");
    assert_eq!(told(&ask_at(&*one, now()).await), "1");
    prometheus.service().restart();
    assert_eq!(told(&ask_at(&*one, now()).await), "1", "the broken connection is replaced within the same question");
    prometheus.service().kill();
    assert_eq!(told(&ask_at(&*one, now()).await), "unreachable");
}

#[tokio::test]
async fn a_range_fills_the_window_on_whole_steps() {
    let (_exporter, prometheus) = prometheus().await;
    let source = over(&prometheus, "query = 'vector(5)'\nrange.step = '15s'");
    let asked_at = now();
    let Ok(Answer::Readings(readings)) = ask_at(&*source, asked_at).await else { panic!("no answer") };
    let samples = &readings[0].samples;
    assert_eq!(samples.len(), 5, "a minute in steps of 15 s: {samples:?}");
    assert!(samples.iter().all(|sample| sample.at.0 % 15_000 == 0 && sample.at <= asked_at), "{samples:?}");
}

#[tokio::test]
async fn a_rule_is_evaluated() {
    let rules = "groups:\n- name: lab\n  rules:\n  - record: answer\n    expr: vector(42)\n";
    let prometheus = Prometheus::with_rules(&[], rules);
    let source = over(&prometheus, "query = 'answer'");
    let deadline = Instant::now() + Duration::from_secs(10);
    while told(&ask_at(&*source, now()).await) != "42" {
        assert!(Instant::now() < deadline, "{:?}", prometheus.query("answer"));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

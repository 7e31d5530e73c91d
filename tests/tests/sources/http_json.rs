//! Source `http-json`: values, lists, pages and jobs.

use adapters::source::Answer;
use scaling_core::observation::Sample;
use trimtab_tests::lab::{JsonServer, Reply};

use crate::bench::{ask, message, source, told};

async fn answer(server: &JsonServer, question: &str) -> String {
    let connection = format!("http-json = {{ url = '{}/api' }}", server.url());
    let answer = ask(&*source(&connection, &format!("[http-json]\nsource = 's'\npath = '/q'\n{question}"))).await;
    if answer.is_ok() { told(&answer) } else { message(&answer) }
}

#[tokio::test]
async fn values_by_path_and_aggregate() {
    let server = JsonServer::start();
    let document = r#"{"queues": [{"name": "a", "n": 1, "on": true}, {"name": "b", "n": "5", "on": false}], "total": 6, "none": []}"#;
    server.reply("/api/q", Reply::json(document));
    for (question, expected) in [
        ("value-location = 'total'", "6"),
        ("value-location = '$.queues[?@.name == \"b\"].n'", "5"),
        ("value-location = '$.queues[*].n'\naggregate = 'sum'", "6"),
        ("value-location = '$..n'\naggregate = 'max'", "5"),
        ("value-location = 'queues'\naggregate = 'count'", "2"),
        ("value-location = 'none'\naggregate = 'count'", "0"),
        ("value-location = 'missing'", ""),
        ("value-location = 'missing'\naggregate = 'count'", ""),
        ("value-location = '$.queues[?@.name == \"z\"]'\naggregate = 'count'", ""),
        ("list-location = 'queues'\nvalue-location = '$[?@.name == \"z\"]'\naggregate = 'count'", "0"),
        ("list-location = 'queues'\nvalue-location = '$[?@.on == true].n'\naggregate = 'sum'", "1"),
    ] {
        assert_eq!(answer(&server, question).await, expected, "{question}");
    }
    for (question, expected) in [
        ("value-location = '$.queues[*].n'", "at $.queues[*].n: found 2 values where one was expected"),
        ("value-location = 'queues'", "at queues: found a list where a number was expected"),
        ("value-location = 'queues.0.on'", "found true or false where a number was expected"),
        ("list-location = 'missing'\nvalue-location = '$[*].n'\naggregate = 'sum'", "there is no list at missing"),
        ("list-location = 'total'\nvalue-location = '$[*].n'\naggregate = 'sum'", "what is at total is no list"),
    ] {
        let said = answer(&server, question).await;
        assert!(said.starts_with(&server.url()) && said.contains(expected), "{question}: {said}");
    }
}

#[tokio::test]
async fn pages_are_read_to_the_end_or_to_the_limit() {
    let server = JsonServer::start();
    server.reply("/api/q", Reply::json(r#"{"items": [1, 2], "next": "/api/q?page=2"}"#));
    server.reply("/api/q?page=2", Reply::json(r#"{"items": [3], "next": "/api/q?page=3"}"#));
    server.reply("/api/q?page=3", Reply::json(r#"{"items": [], "next": null}"#));
    let question = |limit: u32| {
        format!(
            "value-location = '$.items[*]'\naggregate = 'sum'\npaging = {{ next-location = 'next', limit = {limit} }}"
        )
    };
    assert_eq!(answer(&server, &question(3)).await, "6");
    assert_eq!(answer(&server, &question(2)).await, "6~", "partial: a page was left unread");
    server.reply("/api/q?page=2", Reply::json("{}").status(500));
    assert!(answer(&server, &question(3)).await.contains("answered 500"));
    server.reply("/api/q", Reply::json(r#"{"items": [1], "next": "http://127.0.0.1:1/api/q"}"#));
    assert!(answer(&server, &question(3)).await.contains("on another host"));
}

#[tokio::test]
async fn pages_by_token() {
    let server = JsonServer::start();
    server.reply("/api/q", Reply::json(r#"{"items": [1, 2], "cursor": "x y"}"#));
    server.reply("/api/q?after=x+y", Reply::json(r#"{"items": [3], "cursor": ""}"#));
    let question =
        "value-location = '$.items[*]'\naggregate = 'sum'\npaging = { next-location = 'cursor', parameter = 'after' }";
    assert_eq!(answer(&server, question).await, "6");
}

#[tokio::test]
async fn jobs_are_told_one_by_one() {
    let server = JsonServer::start();
    let jobs = r#"{"jobs": [
        {"queue": "mail", "queued": 1699999990, "started": null},
        {"queue": "mail", "queued": 1699999980000, "started": "2023-11-14T22:13:15Z"},
        {"queue": "mail", "queued": 1699999970, "started": 1699999980, "ended": 1699999999.5},
        {"queue": "news", "queued": 1699999990}]}"#;
    server.reply("/q", Reply::json(jobs));
    let connection = format!("http-json = {{ url = '{}' }}", server.url());
    let question = "[http-json]\nsource = 's'\npath = 'q'\nlist-location = 'jobs'\n\
        jobs = { select = '$[?@.queue == \"mail\"]', queued-at = 'queued', taken-at = 'started', ended-at = 'ended' }";
    let source = source(&connection, question);
    assert!(source.gives_jobs());
    let Ok(Answer::Jobs(jobs)) = ask(&*source).await else { panic!("no jobs") };
    let pairs = |samples: &[Sample]| -> Vec<(i64, f64)> {
        samples.iter().map(|job| (job.at.0 as i64 - 1_700_000_000_000, job.value.get())).collect()
    };
    assert_eq!(pairs(&jobs.queued), [(-10_000, 1.0)]);
    assert_eq!(pairs(&jobs.running), [(-5_000, 1.0)]);
    assert_eq!(pairs(&jobs.waited), [(-5_000, 15.0), (-20_000, 10.0)]);
    assert_eq!(pairs(&jobs.finished), [(-500, 19.5)]);
    assert!(!jobs.partial);
    for (document, expected) in [
        (r#"{"error": "busy"}"#, "there is no list at jobs"),
        (r#"{"jobs": null}"#, "what is at jobs is no list"),
        (r#"{"jobs": [{"queue": "mail"}]}"#, "job 0 of the list: has no time at queued"),
    ] {
        server.reply("/q", Reply::json(document));
        let said = message(&ask(&*source).await);
        assert!(said.contains(expected), "{document}: {said}");
    }
    server.reply("/q", Reply::json(r#"{"jobs": []}"#));
    assert_eq!(ask(&*source).await, Ok(Answer::Jobs(adapters::source::Jobs::default())), "truly no jobs");
}

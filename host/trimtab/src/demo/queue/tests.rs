//! The queue over real sockets, with real workers in it.

use std::time::Duration;

use super::*;
use crate::demo::client::Client;
use crate::demo::worker::{WorkerOptions, work};

async fn opened() -> (Queue, Client) {
    let queue = Queue::open(Clock::system()).await.unwrap();
    let client = Client::to(&queue.url()).unwrap();
    (queue, client)
}

/// Looks until `is_so`, for at most ten seconds.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let look = async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), look).await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test]
async fn a_job_is_taken_shown_and_done() {
    let (queue, client) = opened().await;
    queue.shared.queue(Duration::from_millis(900));
    let reply = client.post("/take?worker=w-1").await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"id":1,"service-ms":900}"#));
    assert_eq!(client.get("/jobs/in-hand/w-1").await.unwrap().body, "1");
    let jobs: serde_json::Value = serde_json::from_str(&client.get("/jobs").await.unwrap().body).unwrap();
    assert_eq!((&jobs["jobs"][0]["id"], jobs["jobs"][0]["ended-at"].is_null()), (&serde_json::json!(1), true));
    assert_eq!(client.post("/done/1").await.unwrap().status, 204);
    assert_eq!(client.post("/done/1").await.unwrap().status, 404);
    assert_eq!(client.get("/jobs/in-hand/w-1").await.unwrap().body, "0");
    let page = client.get("/metrics").await.unwrap().body;
    assert!(page.contains("\ndemo_jobs_done_total 1\n"), "{page}");
}

#[tokio::test]
async fn an_empty_queue_keeps_a_worker_waiting_and_counts_it_as_idle() {
    let (queue, client) = opened().await;
    let asked = client.post("/take?worker=w-1");
    let seen = until("one is idle", || queue.shared.idle() == 1);
    let (reply, ()) = tokio::join!(asked, seen);
    assert_eq!(reply.unwrap().status, 204);
    assert_eq!(queue.shared.idle(), 0);
}

#[tokio::test]
async fn a_waiting_worker_gets_what_comes() {
    let (queue, client) = opened().await;
    let asked = client.post("/take?worker=w-1");
    let comes = async {
        until("one is idle", || queue.shared.idle() == 1).await;
        queue.shared.queue(Duration::ZERO);
    };
    let (reply, ()) = tokio::join!(asked, comes);
    assert_eq!(reply.unwrap().status, 200);
}

#[tokio::test]
async fn workers_empty_the_queue_and_leave_when_it_closes() {
    let (queue, _) = opened().await;
    (0..20).for_each(|_| queue.shared.queue(Duration::from_millis(2)));
    let worker = |name: &str| WorkerOptions { queue: queue.url(), name: name.to_owned() };
    let (first, second) = (worker("w-1"), worker("w-2"));
    let ends = async {
        until("all are done", || queue.counters().done == 20).await;
        queue.shared.close();
    };
    let (first, second, ()) = tokio::join!(work(&first), work(&second), ends);
    assert!(first.is_ok() && second.is_ok());
    assert!(queue.shared.is_deserted());
}

#[tokio::test]
async fn the_load_comes_as_it_says() {
    let (mut queue, _) = opened().await;
    // A minute's load in a tenth of a second.
    queue.feed(Load::new(Duration::from_secs(60), 7));
    until("one came", || queue.counters().queued > 0).await;
}

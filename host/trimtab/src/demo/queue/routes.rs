//! The queue over HTTP.
//!
//! ```text
//! POST /take?worker=NAME     a job, after at most half a second; 204: none came; 410: the queue is closed, leave
//! POST /done/ID              204; 404: not in anybody's hands
//! GET  /metrics              as any exporter has it
//! GET  /jobs                 every job that waits or runs, and the latest that are done; times in ms since 1970
//! GET  /jobs/in-hand/NAME    how many jobs that worker has: a plain number
//! ```

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use scaling_core::units::{Timestamp, millis};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::book::{Book, Job};
use super::metrics;
use super::shared::Shared;
use crate::lock::lock;

/// How long a worker is kept waiting for a job.
const LONG_POLL: Duration = Duration::from_millis(500);

/// A job as it is handed to a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Handed {
    /// To be named when it is done.
    pub id: u64,
    /// How long the work takes.
    pub service_ms: u64,
}

impl From<Job> for Handed {
    fn from(job: Job) -> Self {
        Self { id: job.id, service_ms: millis(job.service) }
    }
}

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/take", post(take))
        .route("/done/{id}", post(done))
        .route("/metrics", get(metrics_page))
        .route("/jobs", get(jobs))
        .route("/jobs/in-hand/{worker}", get(in_hand))
        .with_state(shared)
}

#[derive(Deserialize)]
struct Who {
    worker: String,
}

async fn take(State(shared): State<Arc<Shared>>, Query(who): Query<Who>) -> Response {
    match timeout(LONG_POLL, shared.next_job(&who.worker)).await {
        Ok(Some(job)) => Json(Handed::from(job)).into_response(),
        Ok(None) => StatusCode::GONE.into_response(),
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn done(State(shared): State<Arc<Shared>>, Path(id): Path<u64>) -> StatusCode {
    if lock(&shared.book).finish(id, shared.clock.now()) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

async fn metrics_page(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let mut book = lock(&shared.book);
    let counters = book.counters(shared.clock.now());
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], metrics::page(&counters, shared.idle(), book.waits()))
}

async fn jobs(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({ "jobs": listed(&lock(&shared.book)) }))
}

async fn in_hand(State(shared): State<Arc<Shared>>, Path(worker): Path<String>) -> String {
    lock(&shared.book).in_hand(&worker).to_string()
}

fn listed(book: &Book) -> Vec<Value> {
    let ended = book.ended().map(|it| row(&it.job, Some(it.taken_at), Some(it.ended_at)));
    let running = book.running().map(|it| row(&it.job, Some(it.taken_at), None));
    let waiting = book.waiting().map(|job| row(job, None, None));
    ended.chain(running).chain(waiting).collect()
}

fn row(job: &Job, taken_at: Option<Timestamp>, ended_at: Option<Timestamp>) -> Value {
    let [taken_at, ended_at] = [taken_at, ended_at].map(|at| at.map(|at| at.0));
    json!({ "id": job.id, "queued-at": job.queued_at.0, "taken-at": taken_at, "ended-at": ended_at })
}

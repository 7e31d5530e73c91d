//! The read-only HTTP API: metrics, health, and what `status`, `explain` and `events` show.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::views;
use crate::house::House;
use crate::journal::{EventFilter, EventId, JournalError};
use crate::metrics::classic::classic;
use crate::supervisor::OrderBook;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the API looks at.
pub struct View {
    /// The house.
    pub house: House,
    /// The targets that there are.
    pub targets: OrderBook,
    started: AtomicBool,
}

impl View {
    /// Nothing has started yet.
    pub fn new(house: House, targets: OrderBook) -> Self {
        Self { house, targets, started: AtomicBool::new(false) }
    }

    /// All targets have been started.
    pub fn started(&self) {
        self.started.store(true, Ordering::Release);
    }
}

/// Begins to listen: the future answers until `stop`, and the address is where it listens in truth.
pub async fn listen(
    address: SocketAddr,
    view: Arc<View>,
    stop: CancellationToken,
) -> std::io::Result<(impl Future<Output = ()>, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    let router = router(view);
    let serve = async move {
        let ended = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
        if let Err(error) = ended {
            tracing::error!(%error, "the HTTP API ended");
        }
    };
    Ok((serve, bound))
}

fn router(view: Arc<View>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/api/v1/targets", get(targets))
        .route("/api/v1/targets/{name}", get(target))
        .route("/api/v1/events", get(events))
        .with_state(view)
}

async fn metrics(State(view): State<Arc<View>>, asked: HeaderMap) -> Response {
    let accepted = asked.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    match view.house.metrics.encode(&view.house.board, view.house.clock.now()) {
        Ok(text) if accepted.contains("application/openmetrics-text") => {
            ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response()
        }
        Ok(text) => ([(header::CONTENT_TYPE, CLASSIC)], classic(&text)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Ready when every target has ticked at least once.
async fn ready(State(view): State<Arc<View>>) -> Response {
    let board = view.house.board.all();
    let waiting: Vec<String> = view.targets.names().into_iter().filter(|name| !board.contains_key(name)).collect();
    if !view.started.load(Ordering::Acquire) {
        (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response()
    } else if waiting.is_empty() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("not yet looked at: {}\n", waiting.join(", "))).into_response()
    }
}

async fn targets(State(view): State<Arc<View>>) -> Json<Value> {
    let now = view.house.clock.now();
    let all = view.house.board.all();
    Json(Value::Array(all.iter().map(|(name, target)| views::summary(name, target, now)).collect()))
}

async fn target(State(view): State<Arc<View>>, Path(name): Path<String>) -> Response {
    match view.house.board.target(&name) {
        Some(target) => Json(views::whole(&name, &target, view.house.clock.now())).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"error": format!("there is no target `{name}`")}))).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsAsked {
    after: Option<i64>,
    target: Option<String>,
}

async fn events(State(view): State<Arc<View>>, Query(asked): Query<EventsAsked>) -> Response {
    let after = EventId(asked.after.unwrap_or(0));
    let house = view.house.clone();
    let read = tokio::task::spawn_blocking(move || read_events(&house, asked.target, after, 1000)).await;
    match read {
        Ok(Ok(events)) => Json(Value::Array(events)).into_response(),
        Ok(Err(error)) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"error": error.to_string()}))).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Events after `after`, oldest first, as JSON.
pub fn read_events(
    house: &House,
    target: Option<String>,
    after: EventId,
    limit: u32,
) -> Result<Vec<Value>, JournalError> {
    let filter = EventFilter { target: target.map(scaling_core::units::TargetName), ..EventFilter::default() };
    let events = house.journal.reader()?.events(&filter, after, limit)?;
    let told = events.into_iter().map(|event| {
        let body: Value = serde_json::from_str(&event.event.body).unwrap_or(Value::Null);
        let target = event.event.target.map(|target| target.0);
        json!({"id": event.id.0, "at": event.event.at.0, "target": target, "kind": event.event.kind, "body": body})
    });
    Ok(told.collect())
}

//! Whether systemd answers: one question for all who ask at about the same time.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::fault;
use super::outcome::BusError;
use super::state::State;

/// So long a good answer holds.
const HOLDS: Duration = Duration::from_millis(500);

/// The last answer, and when it came.
#[derive(Debug, Default)]
pub struct Pings(Mutex<Option<(Instant, Result<(), BusError>)>>);

/// Asks, or takes the answer to another's question: a good one that is young, or any that came while we waited.
pub async fn ping(state: &State, limit: Duration) -> Result<(), BusError> {
    let came = Instant::now();
    // Whoever asks has `limit` too, and may have begun just before.
    let Ok(mut last) = timeout(limit * 2, state.pings.0.lock()).await else {
        return Err(fault::late("SystemState", limit));
    };
    match &*last {
        Some((at, answer)) if *at >= came => return answer.clone(),
        Some((at, Ok(()))) if at.elapsed() < HOLDS => return Ok(()),
        _ => {}
    }
    let answer = ask(state, limit).await;
    *last = Some((Instant::now(), answer.clone()));
    answer
}

async fn ask(state: &State, limit: Duration) -> Result<(), BusError> {
    let link = state.link(limit).await?;
    let answer = link.is_stopping(limit).await;
    match &answer {
        Ok(stopping) => state.is_stopping(*stopping),
        Err(_) => state.notes.write(|batch| batch.doubt = true),
    }
    answer.map(drop)
}

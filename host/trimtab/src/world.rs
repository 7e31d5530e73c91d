//! All that one target's ticks touch.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapters::backend::Backend;
use adapters::clock::Clock;
use scaling_core::orders::Orders;
use scaling_core::units::Timestamp;
use tokio::sync::Notify;

use crate::board::Board;
use crate::indicators::Indicator;
use crate::journal::Journal;
use crate::metrics::Metrics;
use crate::news::Unrecorded;
use crate::policies::LivePolicy;

/// What one target's ticks touch. Everything in it is shared with others or bounded in time.
pub struct World {
    /// Tells the time.
    pub clock: Clock,
    /// When the program began: the grid of planned ticks.
    pub origin: Timestamp,
    /// Where in the interval this target ticks.
    pub phase: Duration,
    /// Wakes a tick early; carries no data.
    pub nudge: Arc<Notify>,
    /// Name, backend and policy of the target, for the board.
    pub labels: Labels,
    /// Who decides, by slot; or why nobody can.
    pub policies: Vec<LivePolicy>,
    /// What the policies see.
    pub indicators: Vec<Indicator>,
    /// Where replicas run.
    pub backend: Arc<dyn Backend>,
    /// What the backend told in ticks that could not be recorded.
    pub unrecorded: Unrecorded,
    /// What the operator asks right now.
    pub orders: Arc<Mutex<Orders>>,
    /// Where it is written down.
    pub journal: Journal,
    /// Where everybody may see it.
    pub board: Board,
    /// Where it is counted.
    pub metrics: Metrics,
}

/// How the target is called where people look.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Its name.
    pub target: String,
    /// Kind of its backend.
    pub backend: &'static str,
    /// Where its policy comes from.
    pub policy: String,
    /// Names the questions and whom they are put to: windows are refilled only if they are the same.
    pub questions: String,
}

//! Observe: what the backend shows and what the sources say, side by side, each bounded in time.

use std::sync::Arc;

use futures_util::future::join_all;
use scaling_core::controller::{Circumstances, Controller};
use scaling_core::intent::Settled;
use scaling_core::observation::{Observation, Quality, Series};
use scaling_core::orders::Orders;
use scaling_core::status::TargetStatus;

use super::Wake;
use crate::lock::lock;
use crate::world::World;

/// What came of looking.
pub enum Sight {
    /// The target could be seen.
    Clear(Box<Seen>),
    /// Its backend could not be read: nobody is asked, nothing is changed.
    Blind {
        /// When.
        wake: Wake,
        /// Why.
        error: String,
    },
}

/// What was seen.
pub struct Seen {
    /// When and why the tick began.
    pub wake: Wake,
    /// What the backend shows.
    pub status: TargetStatus,
    /// Which intents are over.
    pub settled: Vec<Settled>,
    /// What the operator asks.
    pub orders: Orders,
    /// What the policies may look at.
    pub observation: Arc<Observation>,
}

impl Seen {
    /// What the decision needs to know beside the answers.
    pub fn circumstances(&self) -> Circumstances {
        let series = &self.observation.series;
        let is_known = |series: &Series| !matches!(series.quality, Quality::Absent | Quality::Stale);
        Circumstances { due: self.wake.due, has_data: series.is_empty() || series.iter().any(is_known) }
    }
}

/// Looks at the target.
pub async fn observe(controller: &mut Controller, world: &World, wake: Wake) -> Sight {
    world.metrics.woke(&world.labels, &wake);
    let (status, series) = tokio::join!(world.backend.observe(wake.now), ask_sources(world, wake));
    let mut status = match status {
        Ok(status) => status,
        Err(error) => {
            controller.blind(wake.now);
            return Sight::Blind { wake, error: error.to_string() };
        }
    };
    world.unrecorded.put_before(&mut status.news);
    let settled = controller.see(&status, wake.now);
    let observation = Arc::new(controller.observation(&status, series, wake.due));
    let orders = lock(&world.orders).clone();
    Sight::Clear(Box::new(Seen { wake, status, settled, orders, observation }))
}

async fn ask_sources(world: &World, wake: Wake) -> Vec<Series> {
    let answers = join_all(world.indicators.iter().map(|indicator| indicator.series(wake.now, wake.slot))).await;
    answers.into_iter().flatten().collect()
}

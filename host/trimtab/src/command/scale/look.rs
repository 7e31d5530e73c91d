//! What the daemon says of a target, as far as somebody who waits for a size needs it.

use std::collections::BTreeMap;

use contract_json::decode;
use scaling_core::controller::Decided;
use scaling_core::observation::{Observation, Replica, ReplicaState};
use scaling_core::orders::Orders;
use scaling_core::units::Timestamp;
use serde_json::Value;

/// One look at a target.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// When the daemon was asked, by its clock.
    pub now: Timestamp,
    /// Why its backend can't be read, if so.
    pub blind: Option<String>,
    /// Intents under way.
    pub pending: u64,
    /// Nothing is carried out for the time being, or never.
    pub is_paused: bool,
    /// Nothing is ever carried out.
    pub is_dry_run: bool,
    /// What is not as the host left it, by unit.
    pub drift: BTreeMap<String, String>,
    /// What was seen last; `None`: nothing yet.
    pub observation: Option<Observation>,
    /// What was decided last.
    pub decided: Option<Decided>,
    /// The orders that this was decided under.
    pub orders: Orders,
}

impl Look {
    /// Reads the daemon's answer.
    pub fn read(whole: &Value) -> Result<Self, String> {
        let broken = |error: contract_json::DecodeError| error.to_string();
        let some = |name: &str| Some(&whole[name]).filter(|value| !value.is_null());
        let blind = whole["condition"] == "backend-lost";
        let drift = whole["drift"].as_object().into_iter().flatten();
        let drift = drift.filter_map(|(unit, what)| Some((unit.clone(), what.as_str()?.to_owned())));
        Ok(Self {
            now: Timestamp(whole["now"].as_u64().unwrap_or(0)),
            blind: blind.then(|| whole["trouble"].as_str().unwrap_or("the backend can't be read").to_owned()),
            pending: whole["pending"].as_u64().unwrap_or(0),
            is_paused: whole["paused"] == true,
            is_dry_run: whole["dry-run"] == true,
            drift: drift.collect(),
            observation: some("observation").map(decode::observation).transpose().map_err(broken)?,
            decided: some("decision").map(decode::decided).transpose().map_err(broken)?,
            orders: some("orders").map(decode::orders).transpose().map_err(broken)?.unwrap_or_default(),
        })
    }

    /// Whether its last decision was made under the order given at `at`.
    pub fn obeys(&self, at: Timestamp) -> bool {
        let has_order = self.orders.size.as_ref().is_some_and(|order| order.at == at);
        let is_decided = self.decided.as_ref().is_some_and(|decided| decided.now >= at);
        self.blind.is_none() && has_order && is_decided
    }

    /// All replicas that were seen.
    pub fn replicas(&self) -> impl Iterator<Item = &Replica> {
        self.observation.iter().flat_map(|observation| &observation.replicas)
    }

    /// How many are there and stay.
    pub fn staying(&self) -> usize {
        self.replicas().filter(|replica| replica.state != ReplicaState::Draining).count()
    }

    /// How many of them work.
    pub fn running(&self) -> usize {
        self.replicas().filter(|replica| runs(replica.state)).count()
    }
}

/// Whether it is up and stays.
pub fn runs(state: ReplicaState) -> bool {
    matches!(state, ReplicaState::Ready | ReplicaState::Unhealthy)
}

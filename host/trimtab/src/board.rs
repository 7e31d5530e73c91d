//! The board: what everybody in the house may see of every target, as of its last tick.
//!
//! Ticks write it; `status`, `explain`, the API, the metrics, the demo's screen and indicators of kind
//! `self` read it. Nobody decides by it but a policy that asked for an indicator of another target.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use scaling_core::controller::Decided;
use scaling_core::intent::Intent;
use scaling_core::observation::Observation;
use scaling_core::orders::Orders;
use scaling_core::status::News;
use scaling_core::units::Timestamp;

use crate::lock::{read, write};

/// Shared by all; cheap to clone.
#[derive(Clone, Default)]
pub struct Board {
    views: Arc<RwLock<BTreeMap<String, Arc<TargetView>>>>,
}

/// One target as of its last tick.
#[derive(Clone, Debug, Default)]
pub struct TargetView {
    /// When that was.
    pub at: Timestamp,
    /// What kind of backend it is on.
    pub backend: &'static str,
    /// Who decides: `builtin:qos-rules`, or a path.
    pub policy: String,
    /// What the policy was shown; `None` before the first look, or if the backend has never been read.
    pub observation: Option<Arc<Observation>>,
    /// What was decided.
    pub decided: Option<Decided>,
    /// What was decided at the last planned tick; early wakes pass it by.
    pub planned: Option<Decided>,
    /// The last decision that changed something.
    pub last_change: Option<Decided>,
    /// What is under way.
    pub pending: Vec<Intent>,
    /// What the operator asks right now.
    pub orders: Orders,
    /// Nothing of what is decided is carried out.
    pub dry_run: bool,
    /// What the backend told last, oldest first.
    pub news: Vec<News>,
    /// Why there was no verdict, if there was none.
    pub failure: Option<String>,
    /// Why the backend could not be read, if it could not.
    pub blind: Option<String>,
    /// When a policy last gave a verdict.
    pub last_verdict: Option<Timestamp>,
    /// How the sources of its indicators are, by the indicator's name: the last error, if the last query failed.
    pub source_errors: BTreeMap<String, String>,
}

impl Board {
    /// The target of that name.
    pub fn target(&self, name: &str) -> Option<Arc<TargetView>> {
        read(&self.views).get(name).cloned()
    }

    /// All targets, by name.
    pub fn all(&self) -> BTreeMap<String, Arc<TargetView>> {
        read(&self.views).clone()
    }

    /// Puts up a new view.
    pub fn put(&self, name: &str, view: TargetView) {
        write(&self.views).insert(name.to_owned(), Arc::new(view));
    }

    /// Takes a target down.
    pub fn remove(&self, name: &str) {
        write(&self.views).remove(name);
    }
}

//! One connection for each bus, however many use it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::task::{AbortHandle, JoinSet};

use super::address::BusAddress;
use super::keeper;
use super::state::State;

/// Those in use.
static BUSES: Mutex<BTreeMap<BusAddress, Weak<Kept>>> = Mutex::new(BTreeMap::new());

/// A bus with the task that keeps it. The task ends when the last who uses it is gone.
pub struct Kept {
    /// What is shared.
    pub state: Arc<State>,
    keeper: AbortHandle,
    _task: JoinSet<()>,
}

impl Kept {
    fn new(address: BusAddress, timeout: Duration) -> Self {
        let state = Arc::new(State::new(address, timeout));
        let mut task = JoinSet::new();
        let keeper = task.spawn(keeper::keep(Arc::clone(&state)));
        Self { state, keeper, _task: task }
    }

    /// Whether nobody keeps it any more.
    pub fn has_ended(&self) -> bool {
        self.keeper.is_finished()
    }
}

/// The one of that address, made if nobody uses it, or if the runtime that it lived on has ended.
pub fn kept(address: &BusAddress, timeout: Duration) -> Arc<Kept> {
    let mut buses = BUSES.lock().unwrap_or_else(PoisonError::into_inner);
    buses.retain(|_, kept| kept.strong_count() > 0);
    let living = buses.get(address).and_then(Weak::upgrade).filter(|kept| !kept.has_ended());
    living.unwrap_or_else(|| {
        let kept = Arc::new(Kept::new(address.clone(), timeout));
        buses.insert(address.clone(), Arc::downgrade(&kept));
        kept
    })
}

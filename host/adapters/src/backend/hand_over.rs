//! How an order reaches the supervisor that owns the roster of a target.

use std::time::Duration;

use scaling_core::status::Order;
use scaling_core::units::{TargetName, millis};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::BackendError;

/// How long a supervisor may take to write an order down.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a supervisor says what became of an order.
pub type Reply = oneshot::Sender<Result<(), BackendError>>;

/// Hands an order to the supervisor of a target, and waits until it is written down or refused.
pub async fn hand_over<E>(
    order: &Order,
    target: &TargetName,
    supervisor: &mpsc::Sender<E>,
    event: impl FnOnce(Order, Reply) -> E,
) -> Result<(), BackendError> {
    let written = async {
        let (reply, answer) = oneshot::channel();
        supervisor.send(event(order.clone(), reply)).await.map_err(|_| ended(target))?;
        answer.await.map_err(|_| ended(target))?
    };
    let what = || format!("the supervisor of target {target}");
    timeout(PATIENCE, written).await.map_err(|_| BackendError::Timeout { what: what(), limit_ms: millis(PATIENCE) })?
}

/// The supervisor of a target is no more, which only a panic can bring about.
pub fn ended(target: &TargetName) -> BackendError {
    BackendError::Unreachable(format!("the supervisor of {target} ended"))
}

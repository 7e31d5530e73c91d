//! Act: start what was decided. How it goes is seen in the next ticks.

use adapters::backend::BackendError;
use scaling_core::controller::{Controller, Decided};
use scaling_core::status::Order;

use crate::events::outcome_event;
use crate::world::World;

/// Hands the intent to the backend. If that does not take it, the intent is over, and says so.
pub async fn act(controller: &mut Controller, world: &World, decided: &Decided) {
    let Some(intent) = &decided.intent else { return };
    let order = Order { generation: intent.generation, action: intent.action.clone() };
    let Err(error) = world.backend.carry_out(&order).await else { return };
    let target = &world.labels.target;
    if matches!(error, BackendError::Timeout { .. }) {
        // It may still be taken: what comes about will be seen, or not, before the intent is settled.
        tracing::warn!(target, generation = intent.generation.0, %error, "the backend did not say whether it took the order");
        return;
    }
    tracing::error!(target = target, generation = intent.generation.0, %error, "the backend did not take the order; the difference will be put right later");
    if let Some(settled) = controller.not_carried_out(intent.generation, world.clock.now()) {
        let mut event = outcome_event(target, &settled);
        event.body = event.body.trim_end_matches('}').to_owned();
        event.body.push_str(",\"error\":");
        contract_json::encode::text(&error.to_string(), &mut event.body);
        event.body.push('}');
        if let Err(error) = world.journal.note(event).await {
            tracing::error!(target = target, %error, "failed to record an outcome");
        }
    }
}

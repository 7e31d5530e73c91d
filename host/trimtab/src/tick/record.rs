//! Record: the whole tick as one JSON document, written down before anything is touched.

use contract_json::encode;
use scaling_core::controller::{Answer, Controller, Decided};

use super::evaluate::{CallOfPolicy, Evaluations};
use super::observe::Seen;
use crate::events::{Event, news_event, outcome_event};
use crate::journal::{JournalError, NewEvent, TickRecord};
use crate::policies::LivePolicy;
use crate::world::World;

/// Writes the tick down; returns when it is safe.
pub async fn record(
    controller: &Controller,
    world: &World,
    seen: &Seen,
    evaluations: &Evaluations,
    decided: &Decided,
) -> Result<(), JournalError> {
    let news = seen.status.news.iter().map(|news| news_event(&world.labels.target, news));
    let events = news.chain(seen.settled.iter().map(|settled| outcome_event(&world.labels.target, settled)));
    let decision = decided.changes().then(|| Event::decision(&world.labels.target, decided).into_new());
    let record = TickRecord {
        target: controller.spec().name.clone(),
        tick: controller.memory().beat,
        at: decided.now,
        changed: decided.changes(),
        document: document(controller, world, seen, evaluations, decided).into_bytes(),
        events: events.chain(turns(world, evaluations, decided)).chain(decision).collect(),
    };
    let recorded = world.journal.record(record).await;
    if recorded.is_err() {
        // A backend tells them once.
        world.unrecorded.keep(&seen.status.news);
    }
    recorded
}

/// Turns from well to unwell and back: one event each, however long it lasts.
fn turns(world: &World, evaluations: &Evaluations, decided: &Decided) -> impl Iterator<Item = NewEvent> {
    let target = &world.labels.target;
    let before = world.board.target(target);
    let said = |kind, message: &str| Event::said(Some(target), decided.now, kind, message).into_new();
    let was_blind = before.as_ref().is_some_and(|view| view.blind.is_some());
    let failed = before.as_ref().and_then(|view| view.failure.clone());
    let short_before = before.and_then(|view| view.decided.as_ref().map(|decided| decided.shortfall)).unwrap_or(0);
    let shortfall = match (short_before, decided.shortfall) {
        (0, short @ 1..) => Some(said("shortfall", &format!("{short} wanted that no agent can take"))),
        (1.., 0) => Some(said("shortfall-over", "the agents can take what is wanted")),
        _ => None,
    };
    let verdict = match (failed, evaluations.failure()) {
        (None, Some(why)) => Some(said("no-verdict", &why)),
        (Some(_), None) => Some(said("verdicts-again", "the policy answers again")),
        _ => None,
    };
    was_blind.then(|| said("backend-back", "the backend can be read again")).into_iter().chain(verdict).chain(shortfall)
}

/// `{"observation", "slots": {slot: {..}}, "decision", "memory", "questions"}`, in this order for ever: what repeats
/// from tick to tick costs nothing as long as it stands in the same place.
pub fn document(
    controller: &Controller,
    world: &World,
    seen: &Seen,
    evaluations: &Evaluations,
    decided: &Decided,
) -> String {
    let mut out = String::with_capacity(4096);
    out.push_str("{\"observation\":");
    encode::observation(&seen.observation, &mut out);
    out.push_str(",\"slots\":{");
    for (index, call) in evaluations.calls.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        encode::text(call.slot.as_str(), &mut out);
        out.push(':');
        let policy = world.policies.iter().find(|policy| policy.slot == call.slot);
        slot(call, policy, evaluations.verdicts.get(&call.slot), &mut out);
    }
    out.push_str("},\"decision\":");
    encode::decided(decided, &mut out);
    out.push_str(",\"memory\":");
    encode::memory(controller.memory(), &mut out);
    out.push_str(",\"questions\":");
    encode::text(&world.labels.questions, &mut out);
    out.push('}');
    out
}

/// `{"policy", "config", "prior", "verdict" | "failure" | "not-asked", "fuel"}`; the first two are the digests by
/// which the journal keeps them.
fn slot(call: &CallOfPolicy, policy: Option<&LivePolicy>, answer: Option<&Answer>, out: &mut String) {
    out.push('{');
    if let Some(Ok(ready)) = policy.map(|policy| &policy.ready) {
        out.push_str("\"policy\":");
        encode::text(&ready.component_digest, out);
        out.push_str(",\"config\":");
        encode::text(&ready.config_digest, out);
        out.push(',');
    }
    if let Some(prior) = &call.prior {
        out.push_str("\"prior\":");
        encode::state(prior, out);
        out.push(',');
    }
    match answer {
        Some(Answer::Verdict(verdict)) => {
            out.push_str("\"verdict\":");
            encode::verdict(verdict, out);
        }
        Some(Answer::Failed(failure)) => {
            out.push_str("\"failure\":");
            encode::failure(failure, out);
        }
        Some(Answer::NotAsked { input }) => {
            out.push_str("\"not-asked\":");
            encode::text(input, out);
        }
        None => out.push_str("\"not-asked\":\"\""),
    }
    if let Some(evaluated) = &call.evaluated {
        out.push_str(",\"fuel\":");
        out.push_str(&evaluated.fuel.to_string());
    }
    out.push('}');
}

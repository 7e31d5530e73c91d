//! Show: put the tick up on the board, count it, and say in one line what changed and why.

use std::collections::BTreeMap;

use scaling_core::controller::{Answer, Controller, Decided, told};
use scaling_core::observation::Outcome;
use scaling_core::status::Action;

use super::evaluate::Evaluations;
use super::observe::{Seen, Sight};
use crate::board::TargetView;
use crate::events::{Event, outcome_word};
use crate::journal::JournalError;
use crate::lock::lock;
use crate::news::last_of;
use crate::world::World;

/// A whole tick.
pub fn seen(controller: &Controller, world: &World, seen: &Seen, evaluations: &Evaluations, decided: &Decided) {
    let before = world.board.target(&world.labels.target);
    let before = before.as_deref();
    let failure = evaluations.failure();
    let has_verdict = evaluations.verdicts.values().any(|answer| matches!(answer, Answer::Verdict(_)));
    let view = TargetView {
        at: decided.now,
        backend: world.labels.backend,
        policy: world.labels.policy.clone(),
        observation: Some(seen.observation.clone()),
        last_change: if decided.changes() { Some(decided.clone()) } else { before.and_then(|v| v.last_change.clone()) },
        planned: if seen.wake.due { Some(decided.clone()) } else { before.and_then(|view| view.planned.clone()) },
        pending: controller.memory().pending.clone(),
        orders: seen.orders.clone(),
        dry_run: controller.spec().guardrails.dry_run,
        news: last_of(before.map_or(&[], |view| &view.news), &seen.status.news),
        last_verdict: if has_verdict { Some(decided.now) } else { before.and_then(|view| view.last_verdict) },
        failure: failure.clone(),
        blind: None,
        source_errors: source_errors(world),
        decided: Some(decided.clone()),
    };
    say(world, seen, decided, before, failure.as_deref(), &view.source_errors);
    world.metrics.ticked(&world.labels, &view, decided, world.clock.now());
    world.metrics.told(&world.labels, &seen.status.news);
    world.metrics.sources(&world.labels, &world.indicators, decided.now);
    world.board.put(&world.labels.target, view);
}

/// The backend could not be read: all stays, and everybody may see why.
pub async fn blind(controller: Controller, world: &World, sight: &Sight) -> Controller {
    let Sight::Blind { wake, error } = sight else { return controller };
    let mut view = world.board.target(&world.labels.target).map(|view| (*view).clone()).unwrap_or_default();
    if view.blind.as_ref() != Some(error) {
        tracing::warn!(target = %world.labels.target, %error, "the backend can't be read: holding");
        let event = Event::said(Some(&world.labels.target), wake.now, "backend-lost", error);
        if let Err(error) = world.journal.note(event.into_new()).await {
            tracing::error!(target = %world.labels.target, %error, "failed to record an event");
        }
    }
    view.at = wake.now;
    view.backend = world.labels.backend;
    view.policy.clone_from(&world.labels.policy);
    view.orders = lock(&world.orders).clone();
    view.blind = Some(error.clone());
    world.metrics.blind(&world.labels);
    world.board.put(&world.labels.target, view);
    controller
}

/// What is not written down is not done.
pub fn unrecorded(controller: Controller, world: &World, error: &JournalError) -> Controller {
    tracing::error!(target = %world.labels.target, %error, "failed to record the tick: holding");
    world.metrics.unrecorded(error.label());
    let mut view = world.board.target(&world.labels.target).map(|view| (*view).clone()).unwrap_or_default();
    view.failure = Some(format!("the journal can't be written: {error}"));
    world.board.put(&world.labels.target, view);
    controller
}

fn source_errors(world: &World) -> BTreeMap<String, String> {
    world.indicators.iter().filter_map(|indicator| Some((indicator.name.clone(), indicator.error()?))).collect()
}

/// One line for each decision that changed something, each outcome, and each turn from well to unwell.
fn say(
    world: &World,
    seen: &Seen,
    decided: &Decided,
    before: Option<&TargetView>,
    failure: Option<&str>,
    errors: &BTreeMap<String, String>,
) {
    let target = &world.labels.target;
    for settled in &seen.settled {
        let outcome = outcome_word(settled.outcome);
        let (generation, achieved) = (settled.generation.0, settled.achieved);
        if settled.outcome == Outcome::Succeeded {
            tracing::info!(target = %target, generation, achieved, outcome, "settled");
        } else {
            tracing::warn!(target = %target, generation, achieved, outcome, "settled");
        }
    }
    if before.is_some_and(|view| view.blind.is_some()) {
        tracing::info!(target = %target, "the backend can be read again");
    }
    let failed_before = before.and_then(|view| view.failure.as_deref());
    match (failed_before, failure) {
        (None, Some(failure)) => tracing::warn!(target = %target, failure, "no verdict: holding"),
        (Some(_), None) => tracing::info!(target = %target, "verdicts again"),
        _ => {}
    }
    say_change(target, decided);
    let before_errors = before.map(|view| &view.source_errors);
    for (indicator, error) in errors {
        if before_errors.and_then(|before| before.get(indicator)) != Some(error) {
            tracing::warn!(target = %target, indicator, error, "the source of an indicator failed");
        }
    }
    for indicator in
        before_errors.into_iter().flatten().map(|(name, _)| name).filter(|name| !errors.contains_key(*name))
    {
        tracing::info!(target = %target, indicator, "the source of an indicator answers again");
    }
    let short_before = before.and_then(|view| view.decided.as_ref()).is_some_and(|decided| decided.shortfall > 0);
    if decided.shortfall > 0 && !short_before {
        tracing::warn!(target = %target, shortfall = decided.shortfall, "no agent can take all that is wanted");
    }
}

fn say_change(target: &str, decided: &Decided) {
    if !decided.changes() {
        return;
    }
    let (from, to, why) = (decided.before, decided.desired, told(&decided.reasons));
    let generation = decided.intent.as_ref().map(|intent| intent.generation.0);
    let delta = decided.intent.as_ref().map_or(0, |intent| intent.action.delta());
    let how = decided.intent.as_ref().and_then(|intent| how(&intent.action));
    if decided.intent.as_ref().is_some_and(|intent| intent.repair) {
        tracing::info!(target = %target, size = to, delta, generation, how, why, "repairing");
    } else {
        tracing::info!(target = %target, from, to, delta, generation, how, why, "scaling");
    }
}

/// Where some of the replicas are none that are started.
fn how(action: &Action) -> Option<String> {
    match action {
        Action::Add(addition) if !addition.recall.is_empty() => {
            Some(format!("{} taken back, {} new", addition.recall.len(), addition.new_ones()))
        }
        _ => None,
    }
}

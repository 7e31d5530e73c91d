//! What the API and the command line say of a target, as JSON.

use contract_json::encode;
use scaling_core::controller::Decided;
use scaling_core::observation::ReplicaState;
use scaling_core::orders::Orders;
use scaling_core::units::Timestamp;
use serde_json::{Value, json};

use crate::board::TargetView;

/// One line of `status`.
pub fn summary(name: &str, view: &TargetView, now: Timestamp) -> Value {
    let count = |counts: fn(ReplicaState) -> bool| {
        let replicas = view.observation.iter().flat_map(|observation| &observation.replicas);
        replicas.filter(|replica| counts(replica.state)).count()
    };
    let busy = view.observation.iter().flat_map(|o| &o.replicas).filter(|r| r.usage.jobs.is_some_and(|jobs| jobs > 0));
    json!({
        "target": name,
        "backend": view.backend,
        "policy": view.policy,
        "min": view.observation.as_ref().map(|observation| observation.bounds.min),
        "max": view.observation.as_ref().map(|observation| observation.bounds.max),
        "desired": view.decided.as_ref().map(|decided| decided.desired),
        "current": count(|state| state != ReplicaState::Draining),
        "ready": count(|state| state == ReplicaState::Ready),
        "busy": busy.count(),
        "draining": count(|state| state == ReplicaState::Draining),
        "pending": view.pending.len(),
        "condition": condition(view),
        "trouble": trouble(view),
        "paused": view.orders.paused.is_some(),
        "fixed-size": view.orders.size.as_ref().map(|order| order.replicas),
        "last-change": view.last_change.as_ref().map(|decided| json!({
            "at": decided.now.0, "from": decided.before, "to": decided.desired,
        })),
        "last-verdict-age-ms": view.last_verdict.map(|at| scaling_core::units::millis(now.since(at))),
        "at": view.at.0,
    })
}

/// One word for how the target is.
pub fn condition(view: &TargetView) -> &'static str {
    if view.blind.is_some() {
        "backend-lost"
    } else if view.observation.is_none() {
        "starting"
    } else if view.orders.paused.is_some() {
        "paused"
    } else if view.failure.is_some() {
        "no-verdict"
    } else if view.orders.size.is_some() {
        "fixed"
    } else if view.pending.is_empty() {
        "steady"
    } else {
        "scaling"
    }
}

/// What is wrong, if anything is.
pub fn trouble(view: &TargetView) -> Option<String> {
    let sources = view.source_errors.iter().map(|(name, error)| format!("indicator `{name}`: {error}"));
    let all: Vec<String> = view.blind.iter().chain(&view.failure).cloned().chain(sources).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Everything known of a target: what `explain` is made of.
pub fn whole(name: &str, view: &TargetView, now: Timestamp) -> Value {
    let mut value = summary(name, view, now);
    let encoded = |write: &dyn Fn(&mut String)| {
        let mut text = String::new();
        write(&mut text);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    };
    value["observation"] =
        view.observation.as_ref().map_or(Value::Null, |it| encoded(&|out| encode::observation(it, out)));
    value["decision"] = told_decision(view).map_or(Value::Null, |it| encoded(&|out| encode::decided(it, out)));
    value["last-change"] = view.last_change.as_ref().map_or(Value::Null, |it| encoded(&|out| encode::decided(it, out)));
    value["orders"] = encoded(&|out| encode::orders(&view.orders, out));
    value["source-errors"] = json!(view.source_errors);
    value
}

/// The last planned decision: early wakes pass it by, unless they changed something or somebody gave orders.
fn told_decision(view: &TargetView) -> Option<&Decided> {
    let matters = |decided: &&Decided| decided.changes() || view.orders != Orders::default();
    view.decided.as_ref().filter(matters).or(view.planned.as_ref()).or(view.decided.as_ref())
}

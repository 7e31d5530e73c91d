//! What the API and the command line say of a target, as JSON.

use contract_json::encode;
use scaling_core::controller::Decided;
use scaling_core::observation::ReplicaState;
use scaling_core::orders::Orders;
use scaling_core::units::{ReplicaId, Timestamp};
use serde_json::{Value, json};

use crate::board::TargetView;
use crate::news;

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
        "dry-run": view.dry_run,
        "drift": drift(view),
        "ailing": ailing(view),
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
    } else if view.dry_run {
        "dry-run"
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

/// What is not as the host left it, by unit.
fn drift(view: &TargetView) -> Value {
    let odd = view.observation.iter().flat_map(|observation| news::drift(observation));
    Value::Object(odd.map(|(unit, what)| (unit.to_owned(), json!(what))).collect())
}

/// The replicas that are not as they should be.
fn ailing(view: &TargetView) -> Value {
    let ailing = view.observation.iter().flat_map(|observation| news::ailing(observation));
    let told = ailing.map(|it| {
        let state = encoded(|out| encode::replica(it.replica, out))["state"].take();
        let (replica, since) = (it.replica.id.as_str(), it.replica.since.0);
        json!({"replica": replica, "state": state, "since": since, "error": it.error, "overdue": it.is_overdue})
    });
    Value::Array(told.collect())
}

/// What the backend told last.
fn news_of(view: &TargetView) -> Value {
    let told = view.news.iter().map(|news| {
        let replica = news.replica.as_ref().map(ReplicaId::as_str);
        json!({"at": news.at.0, "replica": replica, "kind": news.kind.label(), "message": news.message})
    });
    Value::Array(told.collect())
}

fn encoded(write: impl FnOnce(&mut String)) -> Value {
    let mut text = String::new();
    write(&mut text);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Everything known of a target: what `explain` is made of.
pub fn whole(name: &str, view: &TargetView, now: Timestamp) -> Value {
    let mut value = summary(name, view, now);
    value["now"] = json!(now.0);
    value["observation"] =
        view.observation.as_ref().map_or(Value::Null, |it| encoded(|out| encode::observation(it, out)));
    value["decision"] = told_decision(view).map_or(Value::Null, |it| encoded(|out| encode::decided(it, out)));
    value["last-change"] = view.last_change.as_ref().map_or(Value::Null, |it| encoded(|out| encode::decided(it, out)));
    value["orders"] = encoded(|out| encode::orders(&view.orders, out));
    value["news"] = news_of(view);
    value["source-errors"] = json!(view.source_errors);
    value
}

/// The last planned decision: early wakes pass it by, unless they changed something or somebody gave orders.
fn told_decision(view: &TargetView) -> Option<&Decided> {
    let matters = |decided: &&Decided| decided.changes() || view.orders != Orders::default();
    view.decided.as_ref().filter(matters).or(view.planned.as_ref()).or(view.decided.as_ref())
}

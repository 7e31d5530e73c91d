//! What is counted and measured, for Prometheus.
//!
//! Labels are names from the config and closed sets of words; never an error's text, never an id that
//! comes and goes.

use std::sync::Arc;

use policy_runtime::Evaluated;
use prometheus_client::registry::Registry;
use scaling_core::controller::{Answer, Decided};
use scaling_core::observation::ReplicaState;
use scaling_core::status::News;
use scaling_core::units::{Timestamp, millis};
use scaling_core::verdict::StateChange;

use crate::board::{Board, TargetView};
use crate::indicators::Indicator;
use crate::news::drift;
use crate::tick::Wake;
use crate::world::Labels;

pub mod classic;
mod families;
mod labels;

use families::Families;
use labels::{
    BuildLabels, DecisionLabels, ErrorLabels, EvaluationLabels, NewsLabels, PolicyLabels, SignalLabels,
    SourceErrorLabels, SourceLabels, TargetLabels,
};

/// Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Metrics {
    families: Arc<Families>,
    registry: Arc<Registry>,
    /// When the program began: the age of what has never been.
    origin: Timestamp,
}

impl Metrics {
    /// All families, nothing counted.
    pub fn new(origin: Timestamp) -> Self {
        let families = Families::default();
        let mut registry = Registry::with_prefix("trimtab");
        families.register(&mut registry);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        families.build_info.get_or_create(&BuildLabels { version }).set(1);
        Self { families: Arc::new(families), registry: Arc::new(registry), origin }
    }

    /// OpenMetrics text, with the ages as of `now`.
    pub fn encode(&self, board: &Board, now: Timestamp) -> Result<String, std::fmt::Error> {
        for (target, view) in board.all() {
            let age = now.since(view.last_verdict.unwrap_or(self.origin));
            self.families.verdict_age.get_or_create(&TargetLabels { target }).set(age.as_secs_f64());
        }
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// A tick began.
    pub fn woke(&self, labels: &Labels, wake: &Wake) {
        if wake.due {
            let late = millis(wake.now.since(wake.planned)) as f64 / 1000.0;
            self.families.loop_deviation.observe(late);
        }
        self.families.ticks.get_or_create(&of(labels)).inc();
    }

    /// A policy was asked, or could not be.
    pub fn evaluated(&self, labels: &Labels, answer: &Answer, evaluated: Option<&Evaluated>) {
        let result = match answer {
            Answer::Verdict(verdict) => verdict.decision.label(),
            Answer::Failed(failure) => failure.kind.label(),
            Answer::NotAsked { .. } => "not-asked",
        };
        let (target, policy) = (labels.target.clone(), labels.policy.clone());
        let by_result = EvaluationLabels { target: target.clone(), policy: policy.clone(), result };
        self.families.evaluations.get_or_create(&by_result).inc();
        let Some(evaluated) = evaluated else { return };
        let by_policy = PolicyLabels { target: target.clone(), policy: policy.clone() };
        self.families.evaluation_seconds.get_or_create(&by_policy).observe(evaluated.elapsed.as_secs_f64());
        self.families.fuel.get_or_create(&by_policy).observe(evaluated.fuel as f64);
        self.families.policy_memory.get_or_create(&by_policy).set(evaluated.memory_bytes.cast_signed());
        self.families.log_dropped.get_or_create(&by_policy).inc_by(evaluated.log_dropped);
        if let Ok(verdict) = &evaluated.outcome {
            match &verdict.state {
                StateChange::Keep => {}
                StateChange::Clear => drop(self.families.state_bytes.get_or_create(&by_policy).set(0)),
                StateChange::Set(state) => {
                    self.families.state_bytes.get_or_create(&by_policy).set(state.data.len() as i64);
                }
            }
            for signal in &verdict.signals {
                let (target, policy) = (target.clone(), policy.clone());
                let one = SignalLabels { target, policy, signal: signal.name.clone() };
                self.families.signals.get_or_create(&one).set(signal.value.get());
            }
        }
    }

    /// A tick is over.
    pub fn ticked(&self, labels: &Labels, view: &TargetView, decided: &Decided, ended: Timestamp) {
        let target = of(labels);
        let count = |counts: fn(ReplicaState) -> bool| {
            let replicas = view.observation.iter().flat_map(|observation| &observation.replicas);
            replicas.filter(|replica| counts(replica.state)).count() as i64
        };
        let families = &self.families;
        families.desired.get_or_create(&target).set(i64::from(decided.desired));
        families.current.get_or_create(&target).set(count(|state| state != ReplicaState::Draining));
        families.ready.get_or_create(&target).set(count(|state| state == ReplicaState::Ready));
        families.draining.get_or_create(&target).set(count(|state| state == ReplicaState::Draining));
        families.pending.get_or_create(&target).set(view.pending.len() as i64);
        families.shortfall.get_or_create(&target).set(i64::from(decided.shortfall));
        families.paused.get_or_create(&target).set(i64::from(view.orders.paused.is_some()));
        families.backend_up.get_or_create(&target).set(1);
        families.tick_seconds.observe(ended.since(decided.now).as_secs_f64());
        if let Some(observation) = &view.observation {
            families.min.get_or_create(&target).set(i64::from(observation.bounds.min));
            families.max.get_or_create(&target).set(i64::from(observation.bounds.max));
            families.drift.get_or_create(&target).set(drift(observation).count() as i64);
        }
        for reason in &decided.reasons {
            let decision = match &decided.intent {
                Some(intent) if intent.action.delta() > 0 => "add",
                Some(_) => "remove",
                None => "hold",
            };
            let by_reason = DecisionLabels { target: labels.target.clone(), decision, reason: reason.kind.label() };
            families.decisions.get_or_create(&by_reason).inc();
        }
    }

    /// What a backend told.
    pub fn told(&self, labels: &Labels, news: &[News]) {
        for news in news {
            let by_kind = NewsLabels { target: labels.target.clone(), kind: news.kind.label() };
            self.families.news.get_or_create(&by_kind).inc();
        }
    }

    /// How the sources of a target are.
    pub fn sources(&self, labels: &Labels, indicators: &[Indicator], now: Timestamp) {
        for indicator in indicators {
            let Some(health) = indicator.health() else { continue };
            let (target, name) = (labels.target.clone(), indicator.name.clone());
            let one = SourceLabels { target: target.clone(), indicator: name.clone() };
            let age = now.since(health.last_success.unwrap_or(self.origin));
            self.families.source_age.get_or_create(&one).set(age.as_secs_f64());
            for (error, count) in indicator.new_failures() {
                let one = SourceErrorLabels { target: target.clone(), indicator: name.clone(), error };
                self.families.source_failures.get_or_create(&one).inc_by(count);
            }
        }
    }

    /// A backend could not be read.
    pub fn blind(&self, labels: &Labels) {
        self.families.backend_up.get_or_create(&of(labels)).set(0);
    }

    /// A tick could not be written down.
    pub fn unrecorded(&self, error: &'static str) {
        self.families.unrecorded.get_or_create(&ErrorLabels { error }).inc();
    }

    /// A config was read again.
    pub fn reloaded(&self, result: &'static str) {
        self.families.reloads.get_or_create(&ErrorLabels { error: result }).inc();
    }

    /// A target is no more, or has other indicators and another policy from now on.
    pub fn forget<'a>(&self, target: &str, policy: &str, indicators: impl Iterator<Item = &'a String>) {
        self.families.forget(target);
        let policy = PolicyLabels { target: target.to_owned(), policy: policy.to_owned() };
        self.families.policy_memory.remove(&policy);
        self.families.state_bytes.remove(&policy);
        for indicator in indicators {
            let one = SourceLabels { target: target.to_owned(), indicator: indicator.clone() };
            self.families.source_age.remove(&one);
        }
    }
}

fn of(labels: &Labels) -> TargetLabels {
    TargetLabels { target: labels.target.clone() }
}

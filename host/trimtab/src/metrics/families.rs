//! Every family that is exported: its type, its name, its help.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use super::labels::{
    BuildLabels, DecisionLabels, ErrorLabels, EvaluationLabels, NewsLabels, PolicyLabels, SignalLabels,
    SourceErrorLabels, SourceLabels, TargetLabels,
};

type FloatGauge = Gauge<f64, AtomicU64>;
type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// Every family.
pub(super) struct Families {
    pub(super) desired: Family<TargetLabels, Gauge>,
    pub(super) current: Family<TargetLabels, Gauge>,
    pub(super) ready: Family<TargetLabels, Gauge>,
    pub(super) draining: Family<TargetLabels, Gauge>,
    pub(super) min: Family<TargetLabels, Gauge>,
    pub(super) max: Family<TargetLabels, Gauge>,
    pub(super) pending: Family<TargetLabels, Gauge>,
    pub(super) shortfall: Family<TargetLabels, Gauge>,
    pub(super) paused: Family<TargetLabels, Gauge>,
    pub(super) drift: Family<TargetLabels, Gauge>,
    pub(super) news: Family<NewsLabels, Counter>,
    pub(super) backend_up: Family<TargetLabels, Gauge>,
    pub(super) verdict_age: Family<TargetLabels, FloatGauge>,
    pub(super) ticks: Family<TargetLabels, Counter>,
    pub(super) decisions: Family<DecisionLabels, Counter>,
    pub(super) evaluations: Family<EvaluationLabels, Counter>,
    pub(super) evaluation_seconds: Histograms<PolicyLabels>,
    pub(super) fuel: Histograms<PolicyLabels>,
    pub(super) policy_memory: Family<PolicyLabels, Gauge>,
    pub(super) state_bytes: Family<PolicyLabels, Gauge>,
    pub(super) log_dropped: Family<PolicyLabels, Counter>,
    pub(super) signals: Family<SignalLabels, FloatGauge>,
    pub(super) source_age: Family<SourceLabels, FloatGauge>,
    pub(super) source_failures: Family<SourceErrorLabels, Counter>,
    pub(super) unrecorded: Family<ErrorLabels, Counter>,
    pub(super) reloads: Family<ErrorLabels, Counter>,
    pub(super) loop_deviation: Histogram,
    pub(super) tick_seconds: Histogram,
    pub(super) build_info: Family<BuildLabels, Gauge>,
}

/// From 10 microseconds to about 1.3 s.
fn short_seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.000_01, 2.0, 18))
}

/// From 10,000 to about 2.6 billion.
fn fuel() -> Histogram {
    Histogram::new(exponential_buckets(10_000.0, 4.0, 10))
}

impl Default for Families {
    fn default() -> Self {
        Self {
            desired: Family::default(),
            current: Family::default(),
            ready: Family::default(),
            draining: Family::default(),
            min: Family::default(),
            max: Family::default(),
            pending: Family::default(),
            shortfall: Family::default(),
            paused: Family::default(),
            drift: Family::default(),
            news: Family::default(),
            backend_up: Family::default(),
            verdict_age: Family::default(),
            ticks: Family::default(),
            decisions: Family::default(),
            evaluations: Family::default(),
            evaluation_seconds: Family::new_with_constructor(short_seconds),
            fuel: Family::new_with_constructor(fuel),
            policy_memory: Family::default(),
            state_bytes: Family::default(),
            log_dropped: Family::default(),
            signals: Family::default(),
            source_age: Family::default(),
            source_failures: Family::default(),
            unrecorded: Family::default(),
            reloads: Family::default(),
            loop_deviation: Histogram::new(exponential_buckets(0.001, 2.0, 14)),
            tick_seconds: Histogram::new(exponential_buckets(0.000_1, 2.0, 16)),
            build_info: Family::default(),
        }
    }
}

impl Families {
    pub(super) fn register(&self, to: &mut Registry) {
        to.register("target_desired_replicas", "The size the host is steering to", self.desired.clone());
        to.register(
            "target_current_replicas",
            "Replicas there, those on their way out not counted",
            self.current.clone(),
        );
        to.register("target_ready_replicas", "Replicas that are ready", self.ready.clone());
        to.register("target_draining_replicas", "Replicas on their way out", self.draining.clone());
        to.register("target_min_replicas", "Lower bound", self.min.clone());
        to.register("target_max_replicas", "Upper bound", self.max.clone());
        to.register("target_pending_actions", "Decisions under way", self.pending.clone());
        to.register("target_shortfall_replicas", "Replicas wanted that no agent can take", self.shortfall.clone());
        to.register("target_paused", "1 if an operator paused the target", self.paused.clone());
        to.register("target_drift", "Units that are not as the host left them and are left alone", self.drift.clone());
        to.register("target_news", "What the backend told of single replicas and of drift, by kind", self.news.clone());
        to.register("target_backend_up", "1 if the backend could be read at the last tick", self.backend_up.clone());
        to.register_with_unit(
            "target_verdict_age",
            "Time since a policy last gave a verdict",
            Unit::Seconds,
            self.verdict_age.clone(),
        );
        to.register("target_ticks", "Ticks begun", self.ticks.clone());
        to.register("decisions", "Steps of decisions, by what was done and why", self.decisions.clone());
        to.register("policy_evaluations", "Evaluations, by what came of them", self.evaluations.clone());
        let seconds = self.evaluation_seconds.clone();
        to.register_with_unit("policy_evaluation", "Time of one evaluation", Unit::Seconds, seconds);
        to.register("policy_fuel", "Fuel of one evaluation", self.fuel.clone());
        let memory = self.policy_memory.clone();
        to.register_with_unit("policy_memory", "Linear memory of the last evaluation", Unit::Bytes, memory);
        let state = self.state_bytes.clone();
        to.register_with_unit("policy_state", "What the policy keeps from call to call", Unit::Bytes, state);
        to.register("policy_log_dropped", "Log lines of a policy over the limit", self.log_dropped.clone());
        to.register("policy_signal", "Numbers that a policy publishes", self.signals.clone());
        let age = self.source_age.clone();
        to.register_with_unit("indicator_age", "Time since the source last answered", Unit::Seconds, age);
        to.register("indicator_failures", "Queries that failed, by kind", self.source_failures.clone());
        to.register("journal_failures", "Ticks that could not be written down", self.unrecorded.clone());
        to.register("config_reloads", "Reloads of the config, by result", self.reloads.clone());
        let deviation = self.loop_deviation.clone();
        to.register_with_unit("loop_deviation", "How late planned ticks began", Unit::Seconds, deviation);
        to.register_with_unit("tick_duration", "Time of a whole tick", Unit::Seconds, self.tick_seconds.clone());
        to.register("build_info", "1, labelled with the version", self.build_info.clone());
    }

    /// Drops the gauges of a target that is no more; counters stay, since Prometheus reads a counter that
    /// vanishes and returns as a reset.
    pub(super) fn forget(&self, target: &str) {
        let labels = TargetLabels { target: target.to_owned() };
        for gauges in [
            &self.desired,
            &self.current,
            &self.ready,
            &self.draining,
            &self.min,
            &self.max,
            &self.pending,
            &self.shortfall,
            &self.paused,
            &self.drift,
            &self.backend_up,
        ] {
            gauges.remove(&labels);
        }
        self.verdict_age.remove(&labels);
    }
}

//! What a test needs around a policy.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use policy_runtime::{Call, Evaluated, Limits, Policy, Runtime, RuntimeSettings};
use scaling_core::failure::FailureKind;
use scaling_core::observation::{
    Agent, AgentState, Bounds, Observation, Platform, Replica, ReplicaState, Requirements, Usage,
};
use scaling_core::units::{AgentId, ReplicaId, TargetName, Timestamp};
use scaling_core::verdict::{Decision, Stance};

use crate::guest::Guest;

/// A runtime with the ordinary limits; one for all tests.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new(RuntimeSettings::default()).unwrap())
}

/// A runtime of its own, with other limits.
pub fn runtime_with(limits: Limits) -> Runtime {
    Runtime::new(RuntimeSettings { limits, ..RuntimeSettings::default() }).unwrap()
}

/// Two agents, `a1` open and `a2` cordoned; replicas `r1` ready on a1 and `r2` draining on a2.
pub fn observation() -> Observation {
    Observation {
        tick: 1,
        now: Timestamp(1_700_000_000_123),
        due: true,
        interval: Duration::from_secs(15),
        seed: 42,
        target: TargetName::from("web"),
        bounds: Bounds { min: 0, max: 10 },
        requirements: Requirements::default(),
        desired: 1,
        replicas: vec![replica("r1", "a1", ReplicaState::Ready), replica("r2", "a2", ReplicaState::Draining)],
        agents: vec![agent("a1", AgentState::Open), agent("a2", AgentState::Cordoned)],
        series: Vec::new(),
        history: Vec::new(),
        attributes: Vec::new(),
    }
}

fn replica(id: &str, agent: &str, state: ReplicaState) -> Replica {
    Replica {
        id: ReplicaId::from(id),
        agent: Some(AgentId::from(agent)),
        state,
        started: None,
        since: Timestamp(1_700_000_000_000),
        usage: Usage::default(),
        attributes: Vec::new(),
    }
}

fn agent(id: &str, state: AgentState) -> Agent {
    Agent {
        id: AgentId::from(id),
        state,
        installed: true,
        replicas: 1,
        replica_limit: None,
        room: None,
        platform: Platform::default(),
        attributes: Vec::new(),
    }
}

/// That observation, an empty config and no state.
pub fn call() -> Call {
    Call { observation: Arc::new(observation()), config: "{}".into(), prior: None }
}

/// Loads a guest and evaluates it once, on the pool's terms but on this thread.
pub fn evaluate_in(runtime: &Runtime, guest: &Guest) -> Evaluated {
    runtime.load(&guest.build()).unwrap().evaluate_blocking(&call())
}

/// The kind and message of the failure that the guest meets.
pub fn failure_in(runtime: &Runtime, guest: &Guest) -> (FailureKind, String) {
    let failure = evaluate_in(runtime, guest).outcome.unwrap_err();
    (failure.kind, failure.message)
}

/// A policy that is fine still is.
pub fn all_is_well(runtime: &Runtime) {
    let good: Policy = runtime.load(&Guest::default().build()).unwrap();
    let verdict = good.evaluate_blocking(&call()).outcome.unwrap();
    assert_eq!(verdict.decision, Decision::Hold(Stance::Steady));
}

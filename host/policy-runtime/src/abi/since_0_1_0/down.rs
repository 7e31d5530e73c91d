//! From our observation to that of 0.1. Never fails.

use std::time::Duration;

use scaling_core::observation as ours;
use scaling_core::units::{AgentId, Timestamp, Value, millis};
use scaling_core::verdict::State;

use super::generated::trimtab::policy::types as theirs;

pub(super) fn observation(observation: &ours::Observation) -> theirs::Observation {
    theirs::Observation {
        tick: observation.tick,
        now: observation.now.0,
        due: observation.due,
        interval: duration(observation.interval),
        seed: observation.seed,
        target: observation.target.0.clone(),
        bounds: theirs::Bounds { min: observation.bounds.min, max: observation.bounds.max },
        requirements: requirements(&observation.requirements),
        desired: observation.desired,
        replicas: observation.replicas.iter().map(replica).collect(),
        agents: observation.agents.iter().map(agent).collect(),
        series: observation.series.iter().map(series).collect(),
        history: observation.history.iter().map(past_action).collect(),
        attributes: attributes(&observation.attributes),
    }
}

pub(super) fn state(state: &State) -> theirs::State {
    theirs::State { layout: state.layout.clone(), data: state.data.clone() }
}

fn requirements(requirements: &ours::Requirements) -> theirs::Requirements {
    theirs::Requirements {
        cpu_cores: number(requirements.cpu_cores),
        memory_bytes: requirements.memory_bytes,
        disk_bytes: requirements.disk_bytes,
    }
}

fn replica(replica: &ours::Replica) -> theirs::Replica {
    theirs::Replica {
        id: replica.id.0.clone(),
        agent: replica.agent.as_ref().map(agent_id),
        state: replica_state(replica.state),
        started: replica.started.map(timestamp),
        since: timestamp(replica.since),
        usage: usage(&replica.usage),
        attributes: attributes(&replica.attributes),
    }
}

fn replica_state(state: ours::ReplicaState) -> theirs::ReplicaState {
    match state {
        ours::ReplicaState::Starting => theirs::ReplicaState::Starting,
        ours::ReplicaState::Ready => theirs::ReplicaState::Ready,
        ours::ReplicaState::Unhealthy => theirs::ReplicaState::Unhealthy,
        ours::ReplicaState::Draining => theirs::ReplicaState::Draining,
        ours::ReplicaState::Failed => theirs::ReplicaState::Failed,
        ours::ReplicaState::Unknown => theirs::ReplicaState::Unknown,
        ours::ReplicaState::Other => theirs::ReplicaState::Other,
    }
}

fn usage(usage: &ours::Usage) -> theirs::Usage {
    theirs::Usage {
        at: usage.at.map(timestamp),
        cpu_cores: number(usage.cpu_cores),
        memory_bytes: usage.memory_bytes,
        threads: usage.threads,
        page_faults: number(usage.page_faults),
        jobs: usage.jobs,
    }
}

fn agent(agent: &ours::Agent) -> theirs::Agent {
    theirs::Agent {
        id: agent_id(&agent.id),
        state: match agent.state {
            ours::AgentState::Open => theirs::AgentState::Open,
            ours::AgentState::Cordoned => theirs::AgentState::Cordoned,
            ours::AgentState::Unreachable => theirs::AgentState::Unreachable,
            ours::AgentState::Other => theirs::AgentState::Other,
        },
        installed: agent.installed,
        replicas: agent.replicas,
        replica_limit: agent.replica_limit,
        room: agent.room,
        platform: platform(&agent.platform),
        attributes: attributes(&agent.attributes),
    }
}

fn platform(platform: &ours::Platform) -> theirs::Platform {
    theirs::Platform {
        cpu_cores: number(platform.cpu_cores),
        cpu_available: number(platform.cpu_available),
        memory_bytes: platform.memory_bytes,
        memory_available: platform.memory_available,
        disk_bytes: platform.disk_bytes,
        disk_available: platform.disk_available,
    }
}

fn series(series: &ours::Series) -> theirs::Series {
    theirs::Series {
        name: series.name.clone(),
        subject: match &series.subject {
            ours::Subject::Target => theirs::Subject::Target,
            ours::Subject::Agent(id) => theirs::Subject::Agent(agent_id(id)),
            ours::Subject::Replica(id) => theirs::Subject::Replica(id.0.clone()),
        },
        quality: match series.quality {
            ours::Quality::Fresh => theirs::Quality::Fresh,
            ours::Quality::Stale => theirs::Quality::Stale,
            ours::Quality::Partial => theirs::Quality::Partial,
            ours::Quality::Absent => theirs::Quality::Absent,
        },
        samples: series.samples.iter().map(sample).collect(),
        attributes: attributes(&series.attributes),
    }
}

fn sample(sample: &ours::Sample) -> theirs::Sample {
    theirs::Sample { at: timestamp(sample.at), value: sample.value.get() }
}

fn past_action(action: &ours::PastAction) -> theirs::PastAction {
    theirs::PastAction {
        at: timestamp(action.at),
        origin: match action.origin {
            ours::Origin::Policy => theirs::Origin::Policy,
            ours::Origin::Guardrail => theirs::Origin::Guardrail,
            ours::Origin::Operator => theirs::Origin::Operator,
            ours::Origin::External => theirs::Origin::External,
            ours::Origin::Other => theirs::Origin::Other,
        },
        delta: action.delta,
        achieved: action.achieved,
        outcome: outcome(action.outcome),
        settled_at: action.settled_at.map(timestamp),
    }
}

fn outcome(outcome: ours::Outcome) -> theirs::Outcome {
    match outcome {
        ours::Outcome::Pending => theirs::Outcome::Pending,
        ours::Outcome::Succeeded => theirs::Outcome::Succeeded,
        ours::Outcome::Partial => theirs::Outcome::Partial,
        ours::Outcome::Failed => theirs::Outcome::Failed,
        ours::Outcome::Cancelled => theirs::Outcome::Cancelled,
        ours::Outcome::Refused => theirs::Outcome::Refused,
        ours::Outcome::Other => theirs::Outcome::Other,
    }
}

fn attributes(attributes: &[ours::Attribute]) -> Vec<theirs::Attribute> {
    attributes.iter().map(|a| theirs::Attribute { key: a.key.clone(), value: scalar(&a.value) }).collect()
}

fn scalar(value: &ours::Scalar) -> theirs::Value {
    match value {
        ours::Scalar::Flag(flag) => theirs::Value::Flag(*flag),
        ours::Scalar::Int(int) => theirs::Value::Int(*int),
        ours::Scalar::Num(number) => theirs::Value::Num(number.get()),
        ours::Scalar::Text(text) => theirs::Value::Text(text.clone()),
    }
}

fn agent_id(id: &AgentId) -> String {
    id.0.clone()
}

fn number(value: Option<Value>) -> Option<f64> {
    value.map(Value::get)
}

fn timestamp(at: Timestamp) -> u64 {
    at.0
}

/// 32 bits of milliseconds are 49 days; more is cut to that.
fn duration(span: Duration) -> u32 {
    u32::try_from(millis(span)).unwrap_or(u32::MAX)
}

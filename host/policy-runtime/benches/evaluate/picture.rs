//! The observation that is measured with.

use std::time::Duration;

use scaling_core::observation::{
    Agent, AgentState, Bounds, Observation, Platform, Quality, Replica, ReplicaState, Requirements, Sample, Series,
    Subject, Usage,
};
use scaling_core::units::{AgentId, ReplicaId, TargetName, Timestamp, Value};

const NOW: u64 = 1_700_000_000_000;

/// 5 series of 60 samples, 10 replicas on 5 agents.
pub fn observation() -> Observation {
    Observation {
        tick: 1,
        now: Timestamp(NOW),
        due: true,
        interval: Duration::from_secs(15),
        seed: 1,
        target: TargetName::from("web"),
        bounds: Bounds { min: 1, max: 100 },
        requirements: Requirements::default(),
        desired: 10,
        replicas: (0..10).map(replica).collect(),
        agents: (0..5).map(agent).collect(),
        series: (0..5).map(series).collect(),
        history: Vec::new(),
        attributes: Vec::new(),
    }
}

fn replica(number: u32) -> Replica {
    Replica {
        id: ReplicaId(format!("web-{number}")),
        agent: Some(AgentId(format!("agent-{}", number % 5))),
        state: ReplicaState::Ready,
        started: Some(Timestamp(NOW - 100_000)),
        since: Timestamp(NOW - 90_000),
        usage: Usage { cpu_cores: Value::new(0.5), memory_bytes: Some(100 << 20), ..Usage::default() },
        attributes: Vec::new(),
    }
}

fn agent(number: u32) -> Agent {
    Agent {
        id: AgentId(format!("agent-{number}")),
        state: AgentState::Open,
        installed: true,
        replicas: 2,
        replica_limit: Some(10),
        room: None,
        platform: Platform::default(),
        attributes: Vec::new(),
    }
}

fn series(number: u32) -> Series {
    let sample = |at: u64| Sample {
        at: Timestamp(NOW - 1000 * (59 - at)),
        value: Value::new(at as f64 + f64::from(number)).unwrap_or_default(),
    };
    Series {
        name: format!("s{number}"),
        subject: Subject::Target,
        quality: Quality::Fresh,
        samples: (0..60).map(sample).collect(),
        attributes: Vec::new(),
    }
}

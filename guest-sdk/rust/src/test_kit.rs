//! Observations for tests, so that a policy is tested natively with `cargo test`.

use crate::{
    Agent, AgentState, Attribute, Bounds, Observation, PastAction, Platform, Quality, Replica, ReplicaState,
    Requirements, Sample, Series, Subject, Usage, Value,
};

/// Builds an observation; what is not said is empty, unlimited or harmless.
///
/// ```
/// use trimtab_policy_sdk::ObservationBuilder;
///
/// let seen = ObservationBuilder::new()
///     .desired(3)
///     .bounds(1, 10)
///     .series("load", [10.0, 12.0])
///     .agent("node-a", |agent| agent.room = Some(2))
///     .replica("node-a", "web-1", |replica| replica.usage.jobs = Some(4))
///     .build();
/// assert_eq!(seen.series[0].samples[1].at, seen.now);
/// ```
#[derive(Clone, Debug)]
pub struct ObservationBuilder(Observation);

impl Default for ObservationBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl From<ObservationBuilder> for Observation {
    fn from(builder: ObservationBuilder) -> Self {
        builder.build()
    }
}

impl ObservationBuilder {
    /// Tick 1, due, an interval of 15 s, no bounds, nothing there.
    pub fn new() -> Self {
        Self(Observation {
            tick: 1,
            now: 1_800_000_000_000,
            due: true,
            interval: 15_000,
            seed: 1,
            target: "test".to_owned(),
            bounds: Bounds { min: 0, max: u32::MAX },
            requirements: Requirements { cpu_cores: None, memory_bytes: None, disk_bytes: None },
            desired: 0,
            replicas: Vec::new(),
            agents: Vec::new(),
            series: Vec::new(),
            history: Vec::new(),
            attributes: Vec::new(),
        })
    }

    /// The observation.
    pub fn build(mut self) -> Observation {
        self.0.agents.sort_by(|a, b| a.id.cmp(&b.id));
        self.0.replicas.sort_by(|a, b| a.id.cmp(&b.id));
        self.0.attributes.sort_by(|a, b| a.key.cmp(&b.key));
        self.0
    }

    /// Whatever has no method of its own here.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Observation)) -> Self {
        change(&mut self.0);
        self
    }

    /// The size that the host steers to.
    #[must_use]
    pub fn desired(self, count: u32) -> Self {
        self.with(|seen| seen.desired = count)
    }

    /// Fewest and most replicas.
    #[must_use]
    pub fn bounds(self, min: u32, max: u32) -> Self {
        self.with(|seen| seen.bounds = Bounds { min, max })
    }

    /// The moment, in milliseconds since the Unix epoch. Say it before the series: their samples end there.
    #[must_use]
    pub fn at(self, now: u64) -> Self {
        self.with(|seen| seen.now = now)
    }

    /// Woken before its time.
    #[must_use]
    pub fn early(self) -> Self {
        self.with(|seen| seen.due = false)
    }

    /// Fresh readings of the target, one interval apart, the last at `now`.
    #[must_use]
    pub fn series(self, name: &str, values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        let (now, interval) = (self.0.now, u64::from(self.0.interval));
        let ages = (0..values.len() as u64).rev().map(|steps| steps * interval);
        let samples = ages.zip(values).map(|(age, value)| Sample { at: now.saturating_sub(age), value }).collect();
        self.push(name, Quality::Fresh, samples)
    }

    /// A fresh `jobs.*` series: how many seconds ago, and the value.
    #[must_use]
    pub fn jobs(self, name: &str, jobs: impl IntoIterator<Item = (u64, f64)>) -> Self {
        let now = self.0.now;
        let sample = |(seconds, value)| Sample { at: now.saturating_sub(seconds * 1000), value };
        let mut samples: Vec<_> = jobs.into_iter().map(sample).collect();
        samples.sort_by_key(|sample| sample.at);
        self.push(name, Quality::Fresh, samples)
    }

    /// A series of which nothing was collected.
    #[must_use]
    pub fn absent(self, name: &str) -> Self {
        self.push(name, Quality::Absent, Vec::new())
    }

    /// Changes the series said last: its quality, subject or labels.
    #[must_use]
    pub fn but(self, change: impl FnOnce(&mut Series)) -> Self {
        self.with(|seen| {
            if let Some(series) = seen.series.last_mut() {
                change(series);
            }
        })
    }

    /// An agent: open, installed, empty and without a limit, but for the change.
    #[must_use]
    pub fn agent(self, id: &str, change: impl FnOnce(&mut Agent)) -> Self {
        let mut agent = Agent {
            id: id.to_owned(),
            state: AgentState::Open,
            installed: true,
            replicas: 0,
            replica_limit: None,
            room: None,
            platform: nothing_known(),
            attributes: Vec::new(),
        };
        change(&mut agent);
        self.with(|seen| seen.agents.push(agent))
    }

    /// A ready replica on an agent, counted on it, but for the change.
    #[must_use]
    pub fn replica(self, agent: &str, id: &str, change: impl FnOnce(&mut Replica)) -> Self {
        let usage =
            Usage { at: None, cpu_cores: None, memory_bytes: None, threads: None, page_faults: None, jobs: None };
        let mut replica = Replica {
            id: id.to_owned(),
            agent: Some(agent.to_owned()),
            state: ReplicaState::Ready,
            started: Some(self.0.now),
            since: self.0.now,
            usage,
            attributes: Vec::new(),
        };
        change(&mut replica);
        self.with(|seen| {
            if let Some(agent) = seen.agents.iter_mut().find(|agent| replica.runs_on(agent)) {
                agent.replicas += 1;
            }
            seen.replicas.push(replica);
        })
    }

    /// A past action.
    #[must_use]
    pub fn past(self, action: PastAction) -> Self {
        self.with(|seen| seen.history.push(action))
    }

    /// A text attribute.
    #[must_use]
    pub fn attribute(self, key: &str, text: &str) -> Self {
        self.with(|seen| seen.attributes.push(Attribute { key: key.to_owned(), value: Value::Text(text.to_owned()) }))
    }

    fn push(self, name: &str, quality: Quality, samples: Vec<Sample>) -> Self {
        let series =
            Series { name: name.to_owned(), subject: Subject::Target, quality, samples, attributes: Vec::new() };
        self.with(|seen| seen.series.push(series))
    }
}

fn nothing_known() -> Platform {
    Platform {
        cpu_cores: None,
        cpu_available: None,
        memory_bytes: None,
        memory_available: None,
        disk_bytes: None,
        disk_available: None,
    }
}

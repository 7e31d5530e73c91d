//! Source `self`: the size and usage of a target of this host, read off the board.

use std::time::Duration;

use adapters::source::{Answer, Reading, Source, SourceError};
use async_trait::async_trait;
use scaling_core::observation::{Observation, ReplicaState, Sample, Subject, Usage};
use scaling_core::units::{Timestamp, Value};

use crate::board::Board;
use crate::config::tables::SelfReading;

/// Reads one number of one target.
pub struct OwnSize {
    /// Where it stands.
    pub board: Board,
    /// Whose.
    pub target: String,
    /// What.
    pub read: SelfReading,
}

#[async_trait]
impl Source for OwnSize {
    async fn ask(&self, now: Timestamp, _window: Duration) -> Result<Answer, SourceError> {
        // A target that has not ticked yet: nothing is known, and nothing is wrong.
        let Some(view) = self.board.target(&self.target) else { return Ok(Answer::nothing()) };
        if let Some(why) = &view.blind {
            return Err(SourceError::Unreachable(format!("target `{}` can't be read: {why}", self.target)));
        }
        let Some(observation) = &view.observation else { return Ok(Answer::Readings(Vec::new())) };
        let desired = view.decided.as_ref().map_or(observation.desired, |decided| decided.desired);
        let value = number(self.read, desired, observation);
        // A size holds until the target's next tick; when that does not come, it is as old as it is.
        let holds = now.since(view.at) <= observation.interval * 3;
        let at = if holds { now } else { view.at };
        let samples = value.map(|value| Sample { at, value }).into_iter().collect::<Vec<_>>();
        if samples.is_empty() {
            return Ok(Answer::Readings(Vec::new()));
        }
        Ok(Answer::Readings(vec![Reading {
            subject: Subject::Target,
            samples,
            attributes: Vec::new(),
            partial: false,
        }]))
    }
}

fn number(read: SelfReading, desired: u32, observation: &Observation) -> Option<Value> {
    let count = |counts: fn(ReplicaState) -> bool| {
        observation.replicas.iter().filter(|replica| counts(replica.state)).count() as f64
    };
    let usages = || observation.replicas.iter().map(|replica| &replica.usage);
    match read {
        SelfReading::Desired => Value::new(f64::from(desired)),
        SelfReading::Ready => Value::new(count(|state| state == ReplicaState::Ready)),
        SelfReading::Current => Value::new(count(|state| state != ReplicaState::Draining)),
        SelfReading::CpuCores => mean(usages().filter_map(|usage: &Usage| usage.cpu_cores.map(Value::get))),
        SelfReading::MemoryBytes => mean(usages().filter_map(|usage| usage.memory_bytes.map(|bytes| bytes as f64))),
        SelfReading::Jobs => sum(usages().map(|usage| usage.jobs.map(f64::from))),
    }
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<Value> {
    let (count, sum) = numbers.fold((0_u32, 0.0), |(count, sum), number| (count + 1, sum + number));
    if count == 0 { None } else { Value::new(sum / f64::from(count)) }
}

/// Known only if every replica's is: a part is not the whole.
fn sum(numbers: impl Iterator<Item = Option<f64>>) -> Option<Value> {
    numbers.sum::<Option<f64>>().and_then(Value::new)
}

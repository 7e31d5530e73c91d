//! Evaluate: ask every policy of the target, in the sandbox. A failure is a value.

use std::sync::Arc;

use policy_runtime::{Call, Evaluated, LogLevel};
use scaling_core::controller::{Answer, Answers, Controller};
use scaling_core::failure::{FailureKind, PolicyFailure};
use scaling_core::observation::{Observation, Quality};
use scaling_core::units::PolicySlot;
use scaling_core::verdict::State;

use super::observe::Seen;
use crate::policies::LivePolicy;
use crate::world::World;

/// What came of asking.
pub struct Evaluations {
    /// What counts for the decision.
    pub verdicts: Answers,
    /// What else there is to say of each call, for the journal and the metrics.
    pub calls: Vec<CallOfPolicy>,
}

impl Evaluations {
    /// Why there was no verdict of one of the policies, if so.
    pub fn failure(&self) -> Option<String> {
        self.verdicts.values().find_map(|answer| match answer {
            Answer::Verdict(_) => None,
            Answer::Failed(failure) => Some(failure.to_string()),
            Answer::NotAsked { input } => Some(format!("the required indicator `{input}` is absent")),
        })
    }
}

/// One policy asked, or not asked.
pub struct CallOfPolicy {
    /// Which.
    pub slot: PolicySlot,
    /// The state it was given.
    pub prior: Option<State>,
    /// What came of it; `None` if it was not called.
    pub evaluated: Option<Evaluated>,
}

/// Asks every policy of the target.
pub async fn evaluate(controller: &Controller, world: &World, seen: &Seen) -> Evaluations {
    let mut evaluations = Evaluations { verdicts: Answers::new(), calls: Vec::new() };
    for policy in &world.policies {
        let memory = controller.memory().slots.get(&policy.slot);
        let prior = memory.and_then(|memory| memory.state.clone());
        let (answer, evaluated) = ask(policy, &seen.observation, prior.clone()).await;
        if let Some(evaluated) = &evaluated {
            pass_on(world, &policy.slot, seen.observation.tick, evaluated);
        }
        world.metrics.evaluated(&world.labels, &answer, evaluated.as_ref());
        evaluations.verdicts.insert(policy.slot.clone(), answer);
        evaluations.calls.push(CallOfPolicy { slot: policy.slot.clone(), prior, evaluated });
    }
    evaluations
}

/// What the policy logged, and what of its verdict did not count: to our own log, so that its author may read it.
fn pass_on(world: &World, slot: &PolicySlot, tick: u64, evaluated: &Evaluated) {
    let target = &world.labels.target;
    for line in &evaluated.log {
        // A line of ours is one line, whatever a policy writes.
        let message = line.message.replace('\n', " | ");
        match line.level {
            LogLevel::Debug => tracing::debug!(target, policy = %slot, tick, "policy: {message}"),
            LogLevel::Info => tracing::info!(target, policy = %slot, tick, "policy: {message}"),
            LogLevel::Warn => tracing::warn!(target, policy = %slot, tick, "policy: {message}"),
            LogLevel::Error => tracing::error!(target, policy = %slot, tick, "policy: {message}"),
        }
    }
    for remark in &evaluated.remarks {
        tracing::debug!(target, policy = %slot, tick, "{remark}");
    }
}

async fn ask(live: &LivePolicy, observation: &Arc<Observation>, prior: Option<State>) -> (Answer, Option<Evaluated>) {
    let ready = match &live.ready {
        Ok(ready) => ready,
        Err(why) => {
            let failure = PolicyFailure { kind: FailureKind::Host, message: why.clone() };
            return (Answer::Failed(failure), None);
        }
    };
    if let Some(input) = ready.required_and_absent(observation) {
        return (Answer::NotAsked { input }, None);
    }
    let call = Call { observation: observation.clone(), config: ready.config.clone(), prior };
    let evaluated = ready.policy.evaluate(call).await;
    let answer = match &evaluated.outcome {
        Ok(verdict) => Answer::Verdict(verdict.clone()),
        Err(failure) => Answer::Failed(failure.clone()),
    };
    (answer, Some(evaluated))
}

impl crate::policies::ReadyPolicy {
    /// The first input that the policy requires and nothing is known of.
    fn required_and_absent(&self, observation: &Observation) -> Option<String> {
        let known = |name: &str| {
            let mut series = observation.series.iter().filter(|series| series.name == name);
            series.any(|series| series.quality != Quality::Absent)
        };
        let missing = self.inputs.iter().find(|input| input.required && !known(&input.name));
        missing.map(|input| input.name.clone())
    }
}

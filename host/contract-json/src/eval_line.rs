//! An observation written by hand: one line of `trimtab policy eval` or of a scenario.
//!
//! What a line leaves out comes from the lines before it, or is the plainest thing it can be:
//!
//! | left out | means |
//! |---|---|
//! | `tick` | one more than the last; the first is 1 |
//! | `now` | the last plus `interval`; the first is [`FIRST_NOW`] |
//! | `interval` | [`DEFAULT_INTERVAL`], whatever the line before said |
//! | `desired` | the last one, changed by its verdict and put into its bounds; the first is 0, put into the bounds |
//! | `target` | `target` |
//! | `due`, `bounds`, `seed`, `requirements` and the lists | true, none, the host's, not declared, empty |
//! | of a replica: `state`, `since` | `ready`, `now` |
//! | of an agent: `state`, `installed`, `replicas` | `open`, true, those in `replicas` that name it and have not failed |
//! | of a series: `subject`, `quality` | `target`, `fresh` if it has samples, else `absent` |
//! | of a sample: all but the value | it is of `now`; those before it in the list an `interval` earlier each |
//!
//! `config` holds from its line on. Lists that the contract has sorted are sorted here.

use std::time::Duration;

use scaling_core::observation::{Attribute, Observation, Quality, Replica, ReplicaState};
use scaling_core::units::{TargetName, Timestamp};
use scaling_core::verdict::Verdict;
use serde_json::Value;

use crate::error::DecodeError;
use crate::history::UNBOUNDED;
use crate::node::Node;
use crate::observation::{FIELDS, Head};

/// The `now` of a first line that has none: 2023-11-14 22:13:20 UTC.
pub const FIRST_NOW: Timestamp = Timestamp(1_700_000_000_000);

/// The `interval` of a line that has none.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(10);

/// One line, completed.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalLine {
    /// What the policy is to look at.
    pub observation: Observation,
    /// The config from here on, if the line has one.
    pub config: Option<Value>,
}

/// What one line leaves to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    tick: u64,
    now: Option<Timestamp>,
    desired: u32,
}

impl EvalLine {
    /// Completes a line with what is carried from the one before.
    pub fn decode(line: &Value, carried: &Carried) -> Result<Self, DecodeError> {
        let node = Node::root(line);
        let known: Vec<&str> = FIELDS.into_iter().chain(["config"]).collect();
        let fields = node.fields(&known)?;
        let config = fields.get("config").map(|config| match config.value {
            Value::Object(_) => Ok(config.value.clone()),
            _ => Err(config.expected("an object")),
        });
        let mut observation = carried.head(&node)?.observation(&node)?;
        complete_agents(&mut observation, line);
        sort(&mut observation);
        check(&node, &observation)?;
        Ok(Self { observation, config: config.transpose()? })
    }
}

impl Carried {
    /// What is left to the next line after this one was answered; no verdict leaves the size as it was.
    pub fn step(&mut self, observation: &Observation, verdict: Option<&Verdict>) {
        self.hold(observation);
        let delta = verdict.map_or(0, |verdict| verdict.decision.delta());
        let wanted = i64::from(observation.desired).saturating_add(delta).clamp(0, i64::from(u32::MAX));
        self.desired = observation.bounds.clamp(u32::try_from(wanted).unwrap_or(u32::MAX));
        self.tick = observation.tick;
    }

    /// What is left to the next line if the policy was not asked about this one: a look is not an evaluation.
    pub fn hold(&mut self, observation: &Observation) {
        self.now = Some(observation.now);
        self.desired = observation.desired;
    }

    fn head(&self, node: &Node<'_>) -> Result<Head, DecodeError> {
        let fields = node.any_fields()?;
        let interval = fields.or("interval", &DEFAULT_INTERVAL)?;
        let bounds = fields.or("bounds", &UNBOUNDED)?;
        let now = fields.or("now", &self.now.map_or(FIRST_NOW, |last| last.plus(interval)))?;
        if let (Some(last), Some(node)) = (self.now, fields.get("now"))
            && now < last
        {
            return Err(node.error(format!("`now` never decreases; the line before was at {}", last.0)));
        }
        Ok(Head {
            tick: fields.or("tick", &self.tick.saturating_add(1))?,
            now,
            interval,
            target: fields.or("target", &TargetName::from("target"))?,
            desired: fields.or("desired", &bounds.clamp(self.desired))?,
        })
    }
}

/// Agents that do not say how many replicas they have are counted.
fn complete_agents(observation: &mut Observation, line: &Value) {
    for (index, agent) in observation.agents.iter_mut().enumerate() {
        if line["agents"][index].get("replicas").is_none() {
            let here =
                |replica: &&Replica| replica.agent.as_ref() == Some(&agent.id) && replica.state != ReplicaState::Failed;
            agent.replicas = observation.replicas.iter().filter(here).count() as u32;
        }
    }
}

fn sort(observation: &mut Observation) {
    let by_key = |left: &Attribute, right: &Attribute| left.key.cmp(&right.key);
    observation.replicas.sort_by(|left, right| left.id.cmp(&right.id));
    observation.agents.sort_by(|left, right| left.id.cmp(&right.id));
    observation.attributes.sort_by(by_key);
    observation.replicas.iter_mut().for_each(|replica| replica.attributes.sort_by(by_key));
    observation.agents.iter_mut().for_each(|agent| agent.attributes.sort_by(by_key));
    observation.series.iter_mut().for_each(|series| series.attributes.sort_by(by_key));
}

/// What the host never hands to a policy is not handed to it here.
fn check(node: &Node<'_>, observation: &Observation) -> Result<(), DecodeError> {
    let at = |pointer: String, message: String| Err(DecodeError { pointer, message });
    for (index, series) in observation.series.iter().enumerate() {
        if let Some(back) = series.samples.windows(2).position(|pair| pair[1].at < pair[0].at) {
            return at(format!("/series/{index}/samples/{}", back + 1), "older than the sample before it".to_owned());
        }
        if series.quality == Quality::Absent && !series.samples.is_empty() {
            return at(format!("/series/{index}/quality"), "`absent` means that there are no samples".to_owned());
        }
    }
    if let Some(pair) = observation.replicas.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return at("/replicas".to_owned(), format!("two replicas have the id `{}`", pair[0].id));
    }
    if let Some(pair) = observation.agents.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return at("/agents".to_owned(), format!("two agents have the id `{}`", pair[0].id));
    }
    match observation.attributes.windows(2).find(|pair| pair[0].key == pair[1].key) {
        Some(pair) => Err(node.error(format!("two attributes have the key `{}`", pair[0].key))),
        None => Ok(()),
    }
}

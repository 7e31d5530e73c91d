//! Observations.
//!
//! Defaults: due, no bounds, the seed that belongs to target and tick. What an
//! [`EvalLine`](crate::EvalLine) may leave out besides comes from the line before.

use std::time::Duration;

use scaling_core::observation::{Observation, Requirements};
use scaling_core::seed::seed;
use scaling_core::units::{TargetName, Timestamp};

use crate::error::DecodeError;
use crate::history::UNBOUNDED;
use crate::node::{Decode, Moment, Node};
use crate::write::{Encode, Object};

/// Every field of an observation, in the order in which they are written.
pub(crate) const FIELDS: [&str; 14] = [
    "tick",
    "now",
    "due",
    "interval",
    "seed",
    "target",
    "bounds",
    "requirements",
    "desired",
    "replicas",
    "agents",
    "series",
    "history",
    "attributes",
];

impl Encode for Observation {
    fn encode(&self, out: &mut String) {
        let mut object = Object::open(out);
        object.need("tick", &self.tick);
        object.need("now", &self.now);
        object.or("due", &self.due, &true);
        object.need("interval", &self.interval);
        object.or("seed", &self.seed, &seed(&self.target, self.tick));
        object.need("target", &self.target);
        object.or("bounds", &self.bounds, &UNBOUNDED);
        object.or("requirements", &self.requirements, &Requirements::default());
        object.need("desired", &self.desired);
        object.list("replicas", &self.replicas);
        object.list("agents", &self.agents);
        object.list("series", &self.series);
        object.list("history", &self.history);
        object.list("attributes", &self.attributes);
        object.close();
    }
}

impl Decode for Observation {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        let fields = node.fields(&FIELDS)?;
        let head = Head {
            tick: fields.need("tick")?,
            now: fields.need("now")?,
            interval: fields.need("interval")?,
            target: fields.need("target")?,
            desired: fields.need("desired")?,
        };
        head.observation(node)
    }
}

/// What every observation must have. A line by hand gets it from the line before.
pub(crate) struct Head {
    pub tick: u64,
    pub now: Timestamp,
    pub interval: Duration,
    pub target: TargetName,
    pub desired: u32,
}

impl Head {
    /// The observation in `node` with this head; unknown fields are the caller's matter.
    pub fn observation(self, node: &Node<'_>) -> Result<Observation, DecodeError> {
        let node = node.at(Moment { now: self.now, interval: self.interval });
        let fields = node.any_fields()?;
        Ok(Observation {
            due: fields.or("due", &true)?,
            seed: fields.or("seed", &seed(&self.target, self.tick))?,
            bounds: fields.or("bounds", &UNBOUNDED)?,
            requirements: fields.or("requirements", &Requirements::default())?,
            replicas: fields.list("replicas")?,
            agents: fields.list("agents")?,
            series: fields.list("series")?,
            history: fields.list("history")?,
            attributes: fields.list("attributes")?,
            tick: self.tick,
            now: self.now,
            interval: self.interval,
            target: self.target,
            desired: self.desired,
        })
    }
}

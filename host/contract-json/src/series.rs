//! Series and their samples.
//!
//! Defaults: `subject` is the target; `quality` is `fresh` when there are samples, else `absent`. A
//! sample may be written as a bare number: those of one list are an `interval` apart and the last is
//! of `now`.

use scaling_core::observation::{Quality, Sample, Series, Subject};
use scaling_core::units::{Timestamp, Value, millis};

use crate::error::DecodeError;
use crate::node::{Decode, Fields, Moment, Node};
use crate::record::record;
use crate::words::not_among;
use crate::write::{Encode, Object, case, word};

record! { Sample { need at: "at", need value: "value" } }

impl Encode for Series {
    fn encode(&self, out: &mut String) {
        let mut object = Object::open(out);
        object.need("name", &self.name);
        object.or("subject", &self.subject, &Subject::Target);
        object.or("quality", &self.quality, &usual_quality(&self.samples));
        object.list("samples", &self.samples);
        object.list("attributes", &self.attributes);
        object.close();
    }
}

impl Decode for Series {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        let fields = node.fields(&["name", "subject", "quality", "samples", "attributes"])?;
        let samples = samples(&fields)?;
        Ok(Self {
            name: fields.need("name")?,
            subject: fields.or("subject", &Subject::Target)?,
            quality: fields.or("quality", &usual_quality(&samples))?,
            attributes: fields.list("attributes")?,
            samples,
        })
    }
}

fn usual_quality(samples: &[Sample]) -> Quality {
    if samples.is_empty() { Quality::Absent } else { Quality::Fresh }
}

fn samples(fields: &Fields<'_>) -> Result<Vec<Sample>, DecodeError> {
    let Some(node) = fields.get("samples") else { return Ok(Vec::new()) };
    let count = node.value.as_array().map_or(0, Vec::len);
    let mut left = count;
    node.elements(|element| {
        left -= 1;
        match element.moment {
            Some(moment) if element.value.is_number() => {
                Ok(Sample { at: earlier(moment, left), value: Value::decode(element)? })
            }
            _ => Sample::decode(element),
        }
    })
}

/// `steps` intervals before now.
fn earlier(moment: Moment, steps: usize) -> Timestamp {
    Timestamp(moment.now.0.saturating_sub(millis(moment.interval).saturating_mul(steps as u64)))
}

impl Encode for Subject {
    fn encode(&self, out: &mut String) {
        match self {
            Self::Target => word(out, "target"),
            Self::Agent(id) => case(out, "agent", id),
            Self::Replica(id) => case(out, "replica", id),
        }
    }
}

impl Decode for Subject {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError> {
        if node.value.is_string() {
            return if node.value == "target" { Ok(Self::Target) } else { Err(not_among(node, &["target"])) };
        }
        node.case(&["agent", "replica"], |case, payload| {
            Ok(if case == "agent" {
                Self::Agent(Decode::decode(payload)?)
            } else {
                Self::Replica(Decode::decode(payload)?)
            })
        })
    }
}

//! All that a controller remembers, so that a restarted host goes on where the last one ended.

use std::collections::{BTreeMap, BTreeSet};

use scaling_core::measured::Measured;
use scaling_core::memory::{Memory, Past, Recommendation, Repairs, SlotMemory};
use scaling_core::units::ReplicaId;

use crate::error::DecodeError;
use crate::node::{Decode, Fields, Node};
use crate::record::record;
use crate::write::{Encode, Object};

record! { Memory {
    need beat: "beat",
    need tick: "tick",
    need now: "now",
    some last_due: "last-due",
    some desired: "desired",
    need generation: "generation",
    list recommendations: "recommendations",
    list past: "past",
    list pending: "pending",
    or(0) unanswered: "unanswered",
    or(Repairs::default()) repairs: "repairs",
    map slots: "slots",
    or(Measured::default()) measured: "measured",
} }

record! { Recommendation { need replicas: "replicas", need last: "last" } }

record! { Past { need entry: "entry", or(false) repair: "repair" } }

record! { Repairs { need failed: "failed", need not_before: "not-before" } }

record! { SlotMemory { some state: "state", or(0) failures: "failures" } }

record! { Measured {
    list startups_ms: "startups-ms",
    list drains_ms: "drains-ms",
    map starting: "starting",
    map draining: "draining",
} }

impl Object<'_> {
    /// Left out when empty; an object whose keys are names.
    pub fn map<K: AsRef<str>, V: Encode>(&mut self, name: &str, values: &BTreeMap<K, V>) {
        if !values.is_empty() {
            self.need(name, &Named(values));
        }
    }

    /// Left out when empty.
    pub fn set(&mut self, name: &str, values: &BTreeSet<ReplicaId>) {
        if !values.is_empty() {
            let sorted: Vec<ReplicaId> = values.iter().cloned().collect();
            self.need(name, &sorted);
        }
    }
}

impl<'n> Fields<'n> {
    /// Absent means empty.
    pub fn map<K: for<'k> From<&'k str> + Ord, V: Decode>(&self, name: &'n str) -> Result<BTreeMap<K, V>, DecodeError> {
        let Some(node) = self.get(name) else { return Ok(BTreeMap::new()) };
        let object = node.value.as_object().ok_or_else(|| node.expected("an object"))?;
        object.iter().map(|(key, value)| Ok((K::from(key), V::decode(&Node::root(value))?))).collect()
    }

    /// Absent means empty.
    pub fn set(&self, name: &'n str) -> Result<BTreeSet<ReplicaId>, DecodeError> {
        Ok(self.list(name)?.into_iter().collect())
    }
}

struct Named<'a, K, V>(&'a BTreeMap<K, V>);

impl<K: AsRef<str>, V: Encode> Encode for Named<'_, K, V> {
    fn encode(&self, out: &mut String) {
        out.push('{');
        for (index, (key, value)) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            key.as_ref().encode(out);
            out.push(':');
            value.encode(out);
        }
        out.push('}');
    }
}

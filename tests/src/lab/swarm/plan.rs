//! What a node is to be like.

use serde_json::{Map, Value, json};

/// One node of a swarm that is to be started.
#[derive(Clone, Debug, Default)]
pub struct NodePlan {
    pub(super) manages: bool,
    pub(super) labels: Vec<String>,
    engine_labels: Vec<String>,
    resources: Vec<String>,
    engine: Map<String, Value>,
}

impl NodePlan {
    /// A manager, which takes replicas too.
    pub fn manager() -> Self {
        Self { manages: true, ..Self::default() }
    }

    /// A worker.
    pub fn worker() -> Self {
        Self::default()
    }

    /// With a label that the swarm has of it: `node.labels.KEY == VALUE` in a constraint.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.push(format!("{key}={value}"));
        self
    }

    /// With a label of its engine's configuration: `engine.labels.KEY == VALUE` in a constraint.
    #[must_use]
    pub fn engine_label(mut self, key: &str, value: &str) -> Self {
        self.engine_labels.push(format!("{key}={value}"));
        self
    }

    /// With so many of a generic resource, which services reserve by `--generic-resource NAME=COUNT`.
    #[must_use]
    pub fn resource(mut self, name: &str, count: u32) -> Self {
        self.resources.push(format!("{name}={count}"));
        self
    }

    /// With a setting of `daemon.json`; one of ours it replaces.
    #[must_use]
    pub fn engine(mut self, key: &str, value: Value) -> Self {
        self.engine.insert(key.to_owned(), value);
        self
    }

    /// The engine's `daemon.json`. No setting may be given on its command line as well.
    pub(super) fn daemon_json(&self) -> String {
        let ours = json!({
            "hosts": [format!("unix://{}", super::SOCKET_INSIDE)],
            "exec-opts": ["native.cgroupdriver=cgroupfs"],
            "userland-proxy": false,
            "shutdown-timeout": 5,
            "labels": self.engine_labels,
            "node-generic-resources": self.resources,
        });
        let theirs = Value::Object(self.engine.clone());
        let settings: Map<String, Value> = [ours, theirs].into_iter().filter_map(entries).flatten().collect();
        Value::Object(settings).to_string()
    }
}

fn entries(value: Value) -> Option<Map<String, Value>> {
    if let Value::Object(entries) = value { Some(entries) } else { None }
}

//! Which label of a series names the agent or the replica that it is about.

use std::collections::{BTreeMap, BTreeSet};

use scaling_core::observation::{Attribute, Subject};
use scaling_core::units::{AgentId, ReplicaId};

use super::{Reading, SourceError};

/// Labels of one series at its source.
pub(crate) type Labels = BTreeMap<String, String>;

/// The label that names the subject, if any does.
#[derive(Clone, Copy)]
pub(crate) enum NamedBy<'a> {
    /// The series is about the target as a whole.
    Nothing,
    /// The label holds an agent's name.
    Agent(&'a str),
    /// The label holds a replica's name.
    Replica(&'a str),
}

impl<'a> NamedBy<'a> {
    /// From `agent-label` and `replica-label`, of which at most one may be given.
    pub fn new(agent_label: Option<&'a str>, replica_label: Option<&'a str>) -> Self {
        match (agent_label, replica_label) {
            (Some(label), _) => Self::Agent(label),
            (None, Some(label)) => Self::Replica(label),
            (None, None) => Self::Nothing,
        }
    }

    /// The label.
    pub fn label(self) -> Option<&'a str> {
        match self {
            Self::Nothing => None,
            Self::Agent(label) | Self::Replica(label) => Some(label),
        }
    }

    /// The subject of a series with these labels.
    pub fn subject(self, labels: &Labels) -> Result<Subject, SourceError> {
        let Some(label) = self.label() else { return Ok(Subject::Target) };
        let name = labels.get(label).filter(|name| !name.is_empty()).ok_or_else(|| {
            SourceError::Garbled(format!("the series {} has no label {label:?} to name its subject", braced(labels)))
        })?;
        Ok(match self {
            Self::Replica(_) => Subject::Replica(ReplicaId::from(name.as_str())),
            _ => Subject::Agent(AgentId::from(name.as_str())),
        })
    }

    /// The other labels, as attributes.
    pub fn attributes(self, labels: &Labels) -> Vec<Attribute> {
        let others = labels.iter().filter(|(key, _)| Some(key.as_str()) != self.label() && *key != "__name__");
        others.map(|(key, value)| Attribute::text(key, value)).collect()
    }
}

/// At most one of the two labels may be given.
pub(crate) fn check_labels(agent_label: Option<&str>, replica_label: Option<&str>) -> Vec<String> {
    let both = agent_label.is_some() && replica_label.is_some();
    both.then(|| "agent-label and replica-label: only one of them can name the subject".to_owned())
        .into_iter()
        .collect()
}

/// Refuses two series about the same subject, which nothing could tell apart.
pub(crate) fn one_for_each_subject(readings: &[Reading], advice: &str) -> Result<(), SourceError> {
    let mut seen = BTreeSet::new();
    for reading in readings {
        let (what, key) = match &reading.subject {
            Subject::Target => ("the target".to_owned(), (0, "")),
            Subject::Agent(id) => (format!("agent {id}"), (1, id.as_str())),
            Subject::Replica(id) => (format!("replica {id}"), (2, id.as_str())),
        };
        if !seen.insert(key) {
            let count = readings.iter().filter(|other| other.subject == reading.subject).count();
            return Err(SourceError::Garbled(format!("{count} series for {what} where one was expected: {advice}")));
        }
    }
    Ok(())
}

/// Labels as Prometheus writes them.
pub(crate) fn braced(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

//! From the answers of 0.1 to ours. What can't be expressed is left out with a remark.

use std::time::Duration;

use scaling_core::failure::{FailureKind, PolicyFailure};
use scaling_core::observation::{Attribute, Input, Scalar, SubjectKind};
use scaling_core::units::{AgentId, ReplicaId, Value};
use scaling_core::verdict as ours;

use super::generated::trimtab::policy::types as theirs;
use crate::remark::{Dropped, Remark};

pub(super) fn verdict(verdict: theirs::Verdict) -> (ours::Verdict, Vec<Remark>) {
    let mut remarks = Vec::new();
    let verdict = ours::Verdict {
        decision: decision(verdict.decision),
        shortfall: verdict.shortfall,
        reason: verdict.reason,
        state: state_change(verdict.state),
        signals: signals(verdict.signals, &mut remarks),
        again_in: verdict.again_in.map(|ms| Duration::from_millis(ms.into())),
        attributes: attributes(verdict.attributes, &mut remarks),
    };
    (verdict, remarks)
}

pub(super) fn failure(failure: theirs::Failure) -> PolicyFailure {
    let kind = match failure.kind {
        theirs::FailureKind::Input => FailureKind::Input,
        theirs::FailureKind::Config => FailureKind::Config,
        theirs::FailureKind::State => FailureKind::State,
        theirs::FailureKind::Internal => FailureKind::Internal,
    };
    PolicyFailure { kind, message: failure.message }
}

pub(super) fn descriptor(descriptor: theirs::Descriptor) -> ours::Descriptor {
    ours::Descriptor {
        name: descriptor.name,
        version: descriptor.version,
        summary: descriptor.summary,
        config_schema: descriptor.config_schema,
        state_layout: descriptor.state_layout,
        migrates_from: descriptor.migrates_from,
        signals: descriptor.signals,
        attributes: attributes(descriptor.attributes, &mut Vec::new()),
    }
}

pub(super) fn inputs(inputs: Vec<theirs::Input>) -> Vec<Input> {
    inputs.into_iter().map(input).collect()
}

fn input(input: theirs::Input) -> Input {
    Input {
        name: input.name,
        subject: match input.subject {
            theirs::SubjectKind::Target => SubjectKind::Target,
            theirs::SubjectKind::Agent => SubjectKind::Agent,
            theirs::SubjectKind::Replica => SubjectKind::Replica,
        },
        window: Duration::from_millis(input.window.into()),
        required: input.required,
    }
}

pub(super) fn issues(issues: Vec<theirs::Issue>) -> Vec<ours::ConfigIssue> {
    issues.into_iter().map(|issue| ours::ConfigIssue { pointer: issue.pointer, message: issue.message }).collect()
}

pub(super) fn state(state: theirs::State) -> ours::State {
    ours::State { layout: state.layout, data: state.data }
}

fn decision(decision: theirs::Decision) -> ours::Decision {
    match decision {
        theirs::Decision::Hold(theirs::Stance::Steady) => ours::Decision::Hold(ours::Stance::Steady),
        theirs::Decision::Hold(theirs::Stance::Abstain) => ours::Decision::Hold(ours::Stance::Abstain),
        theirs::Decision::Add(placements) => ours::Decision::Add(placements.into_iter().map(placement).collect()),
        theirs::Decision::Remove(removals) => ours::Decision::Remove(removals.into_iter().map(removal).collect()),
    }
}

fn placement(placement: theirs::Placement) -> ours::Placement {
    ours::Placement { agent: placement.agent.map(AgentId), count: placement.count }
}

fn removal(removal: theirs::Removal) -> ours::Removal {
    match removal {
        theirs::Removal::Replica(id) => ours::Removal::Replica(ReplicaId(id)),
        theirs::Removal::OnAgent(share) => ours::Removal::OnAgent(AgentId(share.agent), share.count),
        theirs::Removal::Any(count) => ours::Removal::Any(count),
    }
}

fn state_change(change: theirs::StateChange) -> ours::StateChange {
    match change {
        theirs::StateChange::Keep => ours::StateChange::Keep,
        theirs::StateChange::Set(new) => ours::StateChange::Set(state(new)),
        theirs::StateChange::Clear => ours::StateChange::Clear,
    }
}

fn signals(signals: Vec<theirs::Signal>, remarks: &mut Vec<Remark>) -> Vec<ours::Signal> {
    let mut kept = Vec::with_capacity(signals.len());
    for signal in signals {
        match Value::new(signal.value) {
            Some(value) => kept.push(ours::Signal { name: signal.name, value }),
            None => remarks.push(Remark::signal(&signal.name, Dropped::NotFinite)),
        }
    }
    kept
}

fn attributes(attributes: Vec<theirs::Attribute>, remarks: &mut Vec<Remark>) -> Vec<Attribute> {
    let mut kept = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        match scalar(attribute.value) {
            Some(value) => kept.push(Attribute { key: attribute.key, value }),
            None => remarks.push(Remark::attribute(&attribute.key, Dropped::NotFinite)),
        }
    }
    kept
}

fn scalar(value: theirs::Value) -> Option<Scalar> {
    Some(match value {
        theirs::Value::Flag(flag) => Scalar::Flag(flag),
        theirs::Value::Int(int) => Scalar::Int(int),
        theirs::Value::Num(number) => Scalar::Num(Value::new(number)?),
        theirs::Value::Text(text) => Scalar::Text(text),
    })
}

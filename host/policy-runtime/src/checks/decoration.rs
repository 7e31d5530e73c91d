//! Signals and attributes: what is wrong with them costs only them.

use std::collections::HashSet;

use scaling_core::observation::{Attribute, Scalar};
use scaling_core::verdict::{Descriptor, Signal};

use crate::remark::{Dropped, Remark};
use crate::settings::Limits;

/// Longest key and longest text of an attribute.
const KEY_BYTES: usize = 128;
const TEXT_BYTES: usize = 1 << 10;

/// Keeps the signals that are declared, each once.
pub(super) fn signals(signals: &mut Vec<Signal>, descriptor: &Descriptor, remarks: &mut Vec<Remark>) {
    let mut seen = HashSet::new();
    signals.retain(|signal| {
        let why = if !descriptor.signals.contains(&signal.name) {
            Dropped::Undeclared
        } else if !seen.insert(signal.name.clone()) {
            Dropped::Twice
        } else {
            return true;
        };
        remarks.push(Remark::signal(&signal.name, why));
        false
    });
}

/// Sorts attributes by key and keeps those of bearable size, each once, as many as allowed.
pub(super) fn attributes(attributes: &mut Vec<Attribute>, limits: &Limits, remarks: &mut Vec<Remark>) {
    attributes.sort_by(|a, b| a.key.cmp(&b.key));
    let mut kept: Vec<Attribute> = Vec::new();
    for attribute in attributes.drain(..) {
        let why = if !fits(&attribute) {
            Dropped::TooLong
        } else if kept.last().is_some_and(|last| last.key == attribute.key) {
            Dropped::Twice
        } else if kept.len() >= limits.attributes {
            Dropped::TooMany
        } else {
            kept.push(attribute);
            continue;
        };
        remarks.push(Remark::attribute(&attribute.key, why));
    }
    *attributes = kept;
}

/// Whether key and value are of bearable size.
pub(super) fn fits(attribute: &Attribute) -> bool {
    let text = match &attribute.value {
        Scalar::Text(text) => text.len(),
        Scalar::Flag(_) | Scalar::Int(_) | Scalar::Num(_) => 0,
    };
    (1..=KEY_BYTES).contains(&attribute.key.len()) && text <= TEXT_BYTES
}

//! The state that a policy wants to keep.

use scaling_core::failure::{FailureKind, PolicyFailure};
use scaling_core::verdict::{Descriptor, State};

use super::invalid;
use crate::settings::Limits;

/// A new state has the layout that the descriptor declares, and fits.
pub(crate) fn new(state: &State, descriptor: &Descriptor, limits: &Limits) -> Result<(), PolicyFailure> {
    if descriptor.state_layout.is_empty() {
        return Err(invalid("it set a state; its descriptor declares none (state-layout is empty)"));
    }
    if state.layout != descriptor.state_layout {
        let (found, expected) = (&state.layout, &descriptor.state_layout);
        return Err(invalid(format!(
            "it set a state of layout {found:?}; expected {expected:?} as its descriptor declares"
        )));
    }
    if state.data.len() > limits.state_bytes {
        return Err(invalid(format!(
            "it set a state of {} bytes; expected at most {}",
            state.data.len(),
            limits.state_bytes
        )));
    }
    Ok(())
}

/// A prior state is in the layout of this very policy: an older one has to be migrated first.
pub(crate) fn layout(prior: Option<&State>, descriptor: &Descriptor) -> Result<(), PolicyFailure> {
    match prior {
        Some(state) if state.layout != descriptor.state_layout => {
            let (found, expected) = (&state.layout, &descriptor.state_layout);
            let message =
                format!("the prior state has layout {found:?}; this policy reads {expected:?}: it was not migrated");
            Err(PolicyFailure { kind: FailureKind::Host, message })
        }
        _ => Ok(()),
    }
}

/// An old state is of a layout that the descriptor says it can migrate.
pub(crate) fn migratable(old: &State, descriptor: &Descriptor) -> Result<(), PolicyFailure> {
    if descriptor.migrates_from.contains(&old.layout) {
        return Ok(());
    }
    let (found, known) = (&old.layout, &descriptor.migrates_from);
    let message = format!("the state has layout {found:?}; this policy migrates from {known:?} only");
    Err(PolicyFailure { kind: FailureKind::Host, message })
}

//! A verdict as a whole.

use scaling_core::failure::PolicyFailure;
use scaling_core::observation::Observation;
use scaling_core::verdict::{Descriptor, StateChange, Verdict};

use super::{decision, decoration, state};
use crate::remark::Remark;
use crate::settings::Limits;
use crate::text::tame;

/// The verdict, trimmed to the limits, if it makes sense for `observation`.
pub(crate) fn check(
    mut verdict: Verdict,
    remarks: &mut Vec<Remark>,
    observation: &Observation,
    descriptor: &Descriptor,
    limits: &Limits,
) -> Result<Verdict, PolicyFailure> {
    decision::check(&verdict.decision, observation)?;
    if let StateChange::Set(new) = &verdict.state {
        state::new(new, descriptor, limits)?;
    }
    if verdict.reason.len() > limits.reason_bytes {
        remarks.push(Remark::ReasonCut { bytes: verdict.reason.len() });
    }
    verdict.reason = tame(&verdict.reason, limits.reason_bytes);
    decoration::signals(&mut verdict.signals, descriptor, remarks);
    decoration::attributes(&mut verdict.attributes, limits, remarks);
    remarks.truncate(MOST_REMARKS);
    Ok(verdict)
}

/// The rest would say the same again.
const MOST_REMARKS: usize = 64;

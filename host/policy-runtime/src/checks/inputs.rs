//! What `prepare` asks for, or finds fault with.

use std::collections::HashSet;

use scaling_core::failure::PolicyFailure;
use scaling_core::observation::Input;
use scaling_core::verdict::ConfigIssue;

use super::invalid;
use crate::error::PrepareError;
use crate::settings::Limits;
use crate::text::tame;

const NAME_BYTES: usize = 128;
const ISSUES: usize = 100;

/// Inputs that can be served: named, each once, with a window that can be kept.
pub(crate) fn inputs(inputs: &[Input], limits: &Limits) -> Result<(), PolicyFailure> {
    if inputs.len() > limits.inputs {
        return Err(invalid(format!("it asks for {} inputs; expected at most {}", inputs.len(), limits.inputs)));
    }
    let mut seen = HashSet::new();
    inputs.iter().enumerate().try_for_each(|(index, input)| {
        check(index, input, limits)?;
        if !seen.insert((input.name.as_str(), input.subject as u8)) {
            return Err(invalid(format!(
                "inputs[{index}] asks for {:?} of the same subject a second time",
                input.name
            )));
        }
        Ok(())
    })
}

fn check(index: usize, input: &Input, limits: &Limits) -> Result<(), PolicyFailure> {
    let length = input.name.len();
    if !(1..=NAME_BYTES).contains(&length) || input.name.chars().any(char::is_control) {
        return Err(invalid(format!(
            "inputs[{index}] has a name of {length} bytes; expected 1 to {NAME_BYTES} of plain text"
        )));
    }
    if input.window > limits.window {
        let (found, most) = (input.window, limits.window);
        return Err(invalid(format!(
            "inputs[{index}] ({:?}) reaches back {found:?}; expected at most {most:?}",
            input.name
        )));
    }
    Ok(())
}

/// Issues of bearable number and length. A refusal without an issue helps nobody.
pub(crate) fn issues(mut issues: Vec<ConfigIssue>, limits: &Limits) -> PrepareError {
    if issues.is_empty() {
        return PrepareError::Failed(invalid("it refused its config without naming an issue"));
    }
    issues.truncate(ISSUES);
    for issue in &mut issues {
        issue.pointer = tame(&issue.pointer, limits.reason_bytes);
        issue.message = tame(&issue.message, limits.reason_bytes);
    }
    PrepareError::Issues(issues)
}

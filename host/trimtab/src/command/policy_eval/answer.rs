//! What is answered to a line.

use contract_json::{DecodeError, encode};
use policy_runtime::{Evaluated, PrepareError};
use scaling_core::verdict::ConfigIssue;

/// What is answered to a line.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The policy was asked.
    Evaluated(Box<Evaluated>),
    /// It was not.
    Error(EvalError),
}

/// Why the policy was not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvalError {
    /// One word.
    pub kind: &'static str,
    /// For people.
    pub message: String,
    /// JSON Pointer into the line, if that is at fault.
    pub pointer: Option<String>,
    /// What is wrong with the config, if that is at fault.
    pub issues: Vec<ConfigIssue>,
}

impl EvalError {
    pub(super) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), pointer: None, issues: Vec::new() }
    }

    pub(super) fn of_line(error: &DecodeError) -> Self {
        Self { pointer: Some(error.pointer.clone()), ..Self::new("line", error.to_string()) }
    }

    pub(super) fn of_config(error: PrepareError) -> Self {
        let message = error.to_string();
        match error {
            PrepareError::Issues(issues) => Self { issues, ..Self::new("config", message) },
            PrepareError::Failed(_) => Self::new("config", message),
        }
    }

    fn encode(&self, out: &mut String) {
        out.push_str("{\"kind\":");
        encode::text(self.kind, out);
        out.push_str(",\"message\":");
        encode::text(&self.message, out);
        if let Some(pointer) = &self.pointer {
            out.push_str(",\"pointer\":");
            encode::text(pointer, out);
        }
        if !self.issues.is_empty() {
            out.push_str(",\"issues\":");
            encode::issues(&self.issues, out);
        }
        out.push('}');
    }
}

impl Answer {
    /// As JSON, onto the end of `out`.
    pub fn encode(&self, out: &mut String) {
        match self {
            Self::Evaluated(evaluated) => {
                match &evaluated.outcome {
                    Ok(verdict) => {
                        out.push_str("{\"verdict\":");
                        encode::verdict(verdict, out);
                    }
                    Err(failure) => {
                        out.push_str("{\"failure\":");
                        encode::failure(failure, out);
                    }
                }
                out.push_str(",\"fuel\":");
                out.push_str(&evaluated.fuel.to_string());
                out.push('}');
            }
            Self::Error(error) => {
                out.push_str("{\"error\":");
                error.encode(out);
                out.push('}');
            }
        }
    }
}

//! What the end of a call means.

use scaling_core::failure::{FailureKind, PolicyFailure};
use thiserror::Error;
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use super::limiter::{Limiter, Refusal};
use crate::settings::Limits;
use crate::text::tame;

/// The policy called `exit`. Even exit(0) gives no verdict.
#[derive(Clone, Copy, Debug, Error)]
#[error("the policy called exit({0}) instead of returning")]
pub(super) struct Exited(pub(super) u8);

/// The policy asked the host for something that it can't have.
#[derive(Clone, Debug, Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) String);

/// The failure behind an error of the engine.
pub(super) fn failure(error: &wasmtime::Error, limiter: &Limiter, limits: &Limits) -> PolicyFailure {
    let (kind, message) = judge(error, limiter, limits);
    let message = format!("{message}{}", place(error));
    PolicyFailure { kind, message: tame(&message, limits.reason_bytes) }
}

fn judge(error: &wasmtime::Error, limiter: &Limiter, limits: &Limits) -> (FailureKind, String) {
    if let Some(exited) = error.downcast_ref::<Exited>() {
        return (FailureKind::Exit, exited.to_string());
    }
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return (FailureKind::Trap, refused.to_string());
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return (FailureKind::Host, "no slot is free for it: too many evaluations at once".to_owned());
    }
    match (error.downcast_ref::<Trap>(), limiter.refused()) {
        (Some(Trap::OutOfFuel), _) => (FailureKind::Fuel, format!("it used up its fuel of {}", limits.fuel)),
        (Some(Trap::Interrupt), _) => {
            (FailureKind::Deadline, format!("it ran longer than its deadline of {:?}", limits.deadline))
        }
        (Some(Trap::StackOverflow), _) => (FailureKind::Stack, "it overran its stack of 512 KiB".to_owned()),
        (_, Some(refusal)) => (FailureKind::Memory, too_big(refusal, limits)),
        (Some(trap), None) => (FailureKind::Trap, trap.to_string()),
        (None, None) => judge_text(&error.root_cause().to_string(), limits),
    }
}

fn too_big(refusal: Refusal, limits: &Limits) -> String {
    let wanted = match refusal {
        Refusal::Memory => format!("memory than its {} bytes", limits.memory_bytes),
        Refusal::Tables => format!("table elements than its {}", limits.table_elements),
    };
    format!("it wanted more {wanted} and then gave up")
}

/// The engine has no types for these errors, only texts; tests hold it to them.
fn judge_text(text: &str, limits: &Limits) -> (FailureKind, String) {
    if text.contains("fuel allocated for hostcalls has been exhausted") {
        let most = limits.transfer_bytes();
        return (FailureKind::Transfer, format!("it moved more than {most} bytes over the border at once"));
    }
    if text.contains("handle limit exceeded") {
        return (FailureKind::Memory, format!("it held more than {} handles to things of the host", limits.handles));
    }
    (FailureKind::Malformed, format!("what it gave the host is malformed: {text}"))
}

/// The innermost function that has a name.
fn place(error: &wasmtime::Error) -> String {
    let frames = error.downcast_ref::<WasmBacktrace>().map_or(&[][..], WasmBacktrace::frames);
    let name = frames.iter().find_map(|frame| frame.func_name());
    name.map_or_else(String::new, |name| format!(" (in {name})"))
}

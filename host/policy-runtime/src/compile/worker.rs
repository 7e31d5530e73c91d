//! The compiler process: component on standard input, code on standard output.

use std::io::{Read, Write, stderr, stdin, stdout};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, nice, setrlimit};

use super::cwasm::Cwasm;

/// Processor seconds, over all threads.
const CPU_SECONDS: u64 = 100;
/// Heap and other private memory. A JavaScript engine needs half of it.
const DATA_BYTES: u64 = 2 << 30;
/// Exit code if the component is at fault; standard error then says how.
pub(super) const REFUSED: u8 = 1;

/// Is the compiler process: reads a component, writes its code, with limits that it can't lift.
///
/// The program named by [`Compiler::Child`](crate::Compiler::Child) has to come here before it does
/// anything else. Exit code 0 is success, 1 a component that can't be compiled, with the message on
/// standard error; a signal is a limit that was reached.
pub fn compile_worker_main() -> ExitCode {
    match confine().and_then(|()| compile()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // If nobody reads it, nobody can be told.
            let _ = stderr().write_all(message.as_bytes());
            ExitCode::from(REFUSED)
        }
    }
}

fn confine() -> Result<(), String> {
    let limits = [(Resource::Cpu, CPU_SECONDS), (Resource::Data, DATA_BYTES), (Resource::Core, 0)];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(|error| format!("failed to limit {resource:?} to {most}: {error}"))?;
    }
    nice(10).map_err(|error| format!("failed to lower the priority: {error}"))?;
    Ok(())
}

fn compile() -> Result<(), String> {
    let mut wasm = Vec::new();
    stdin().lock().read_to_end(&mut wasm).map_err(|error| format!("failed to read the component: {error}"))?;
    let engine = crate::engine::engine(1).map_err(|error| error.to_string())?;
    let cwasm = Cwasm::compile(&engine, &wasm)?;
    stdout().lock().write_all(cwasm.bytes()).map_err(|error| format!("failed to write the code: {error}"))
}

//! Compiling in a limited child process.

use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;

use super::cwasm::Cwasm;
use super::worker::REFUSED;
use crate::error::LoadError;
use crate::settings::Limits;

/// Code is up to some ten times the size of a component.
const MOST_CODE_BYTES: u64 = 512 << 20;
const MOST_MESSAGE_BYTES: u64 = 4 << 10;

/// Runs `program args`, which must come to `compile_worker_main`, over `wasm`.
pub(super) fn compile(program: &Path, args: &[String], wasm: &[u8], limits: &Limits) -> Result<Cwasm, LoadError> {
    let failed = |source| LoadError::Compiler { program: program.display().to_string(), source };
    let mut child = start(program, args).map_err(failed)?;
    let wall = limits.compile_wall;
    let (code, message) = thread::scope(|scope| {
        let (Some(mut input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed(io::Error::other("no pipe to it")));
        };
        let (finish, finished) = channel::<()>();
        // A compiler that ends early closes its pipe; why it did is on standard error.
        scope.spawn(move || drop(input.write_all(wasm)));
        let message = scope.spawn(move || read(errors, MOST_MESSAGE_BYTES));
        let code = scope.spawn(move || {
            let code = read(output, MOST_CODE_BYTES);
            drop(finish);
            code
        });
        // Nothing is ever sent: the other end is dropped when the output ends.
        let late = finished.recv_timeout(wall) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
        if late {
            child.kill().map_err(failed)?;
        }
        let (code, message) = (join(code).map_err(failed)?, join(message).map_err(failed)?);
        if late { Err(LoadError::CompileLimit { limit: format!("{wall:?}") }) } else { Ok((code, message)) }
    })
    .inspect_err(|_| drop(child.wait()))?;
    judge(child.wait().map_err(failed)?, code, &message)
}

fn start(program: &Path, args: &[String]) -> io::Result<Child> {
    Command::new(program)
        .args(args)
        .env_clear()
        .env("RAYON_NUM_THREADS", "2")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

fn read(pipe: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn join(thread: thread::ScopedJoinHandle<'_, io::Result<Vec<u8>>>) -> io::Result<Vec<u8>> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that read from it panicked")))
}

/// What the end of the compiler means.
fn judge(status: ExitStatus, code: Vec<u8>, message: &[u8]) -> Result<Cwasm, LoadError> {
    let message = String::from_utf8_lossy(message).trim().to_owned();
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(Cwasm::from_compiler(code)),
        (Some(exit), _) if exit == i32::from(REFUSED) => Err(LoadError::Compile { message }),
        (_, Some(signal)) => Err(LoadError::CompileLimit {
            limit: format!("its processor time or memory (it ended by signal {signal})"),
        }),
        _ => Err(LoadError::Compile { message: format!("the compiler ended with {status}: {message}") }),
    }
}

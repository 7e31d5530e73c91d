//! `wasi:cli`: no arguments, no environment, no terminal; output is logged; exit ends the call.

use wasmtime::component::{Linker, Resource};

use super::{io, resource};
use crate::sandbox::diary::Printed;
use crate::sandbox::fuel::define;
use crate::sandbox::guest::Guest;
use crate::sandbox::trap::Exited;

struct TerminalInput;
struct TerminalOutput;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    link_environment(linker)?;
    link_exit(linker)?;
    link_terminals(linker)?;
    define(&mut linker.instance("wasi:cli/stdin@0.2.0")?, "get-stdin", |_, ()| Ok(io::input()))?;
    define(&mut linker.instance("wasi:cli/stdout@0.2.0")?, "get-stdout", |_, ()| Ok(io::output(Printed::Output)))?;
    define(&mut linker.instance("wasi:cli/stderr@0.2.0")?, "get-stderr", |_, ()| Ok(io::output(Printed::Error)))
}

fn link_environment(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut environment = linker.instance("wasi:cli/environment@0.2.0")?;
    define(&mut environment, "get-environment", |_, ()| Ok(Vec::<(String, String)>::new()))?;
    define(&mut environment, "get-arguments", |_, ()| Ok(Vec::<String>::new()))?;
    define(&mut environment, "initial-cwd", |_, ()| Ok(None::<String>))
}

fn link_exit(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut exit = linker.instance("wasi:cli/exit@0.2.0")?;
    exit.func_wrap("exit", |_, (status,): (Result<(), ()>,)| -> wasmtime::Result<()> {
        Err(Exited(u8::from(status.is_err())).into())
    })?;
    exit.func_wrap("exit-with-code", |_, (code,): (u8,)| -> wasmtime::Result<()> { Err(Exited(code).into()) })
}

fn link_terminals(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    resource::<TerminalInput>(&mut linker.instance("wasi:cli/terminal-input@0.2.0")?, "terminal-input")?;
    resource::<TerminalOutput>(&mut linker.instance("wasi:cli/terminal-output@0.2.0")?, "terminal-output")?;
    let mut stdin = linker.instance("wasi:cli/terminal-stdin@0.2.0")?;
    define(&mut stdin, "get-terminal-stdin", |_, ()| Ok(None::<Resource<TerminalInput>>))?;
    for name in ["stdout", "stderr"] {
        let mut output = linker.instance(&format!("wasi:cli/terminal-{name}@0.2.0"))?;
        define(&mut output, &format!("get-terminal-{name}"), |_, ()| Ok(None::<Resource<TerminalOutput>>))?;
    }
    Ok(())
}

//! `wasi:io`: output ends in the diary, input is at its end, and everything is always ready.

use wasmtime::component::{ComponentType, Lift, Linker, Lower, Resource};

use super::resource;
use crate::sandbox::diary::Printed;
use crate::sandbox::fuel::define;
use crate::sandbox::guest::Guest;

/// Bytes that a policy may print at once.
const PERMIT: u64 = 4096;

pub(super) struct Fault;
pub(super) struct Pollable;
pub(super) struct InputStream;
pub(super) struct OutputStream;

/// The WIT variant `stream-error`. Only `closed` is ever given.
#[derive(ComponentType, Lower, Lift)]
#[component(variant)]
pub(super) enum StreamError {
    #[component(name = "last-operation-failed")]
    LastOperationFailed(Resource<Fault>),
    #[component(name = "closed")]
    Closed,
}

type Wrote = Result<(), StreamError>;
type Input = Resource<InputStream>;
type Output = Resource<OutputStream>;

/// A pollable that is ready. It has no state, so one number serves for all.
pub(super) fn ready() -> Resource<Pollable> {
    Resource::new_own(0)
}

/// The handle of standard output or error.
pub(super) fn output(to: Printed) -> Output {
    Resource::new_own(to as u32)
}

/// The handle of standard input.
pub(super) fn input() -> Input {
    Resource::new_own(0)
}

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    link_error(linker)?;
    link_poll(linker)?;
    let mut streams = linker.instance("wasi:io/streams@0.2.0")?;
    resource::<InputStream>(&mut streams, "input-stream")?;
    resource::<OutputStream>(&mut streams, "output-stream")?;
    for name in ["[method]input-stream.read", "[method]input-stream.blocking-read"] {
        define(&mut streams, name, |_, (_, _): (Input, u64)| Ok(Err::<Vec<u8>, _>(StreamError::Closed)))?;
    }
    for name in ["[method]input-stream.skip", "[method]input-stream.blocking-skip"] {
        define(&mut streams, name, |_, (_, _): (Input, u64)| Ok(Err::<u64, _>(StreamError::Closed)))?;
    }
    define(&mut streams, "[method]input-stream.subscribe", |_, (_,): (Input,)| Ok(ready()))?;
    define(&mut streams, "[method]output-stream.check-write", |_, (_,): (Output,)| Ok(Ok::<_, StreamError>(PERMIT)))?;
    for name in ["[method]output-stream.write", "[method]output-stream.blocking-write-and-flush"] {
        define(&mut streams, name, |guest, (to, bytes): (Output, Vec<u8>)| {
            print(guest, &to, &bytes);
            Ok(Wrote::Ok(()))
        })?;
    }
    for name in ["[method]output-stream.flush", "[method]output-stream.blocking-flush"] {
        define(&mut streams, name, |_, (_,): (Output,)| Ok(Wrote::Ok(())))?;
    }
    define(&mut streams, "[method]output-stream.subscribe", |_, (_,): (Output,)| Ok(ready()))?;
    for name in ["[method]output-stream.write-zeroes", "[method]output-stream.blocking-write-zeroes-and-flush"] {
        define(&mut streams, name, |guest, (to, count): (Output, u64)| {
            print(guest, &to, &vec![0; count.min(PERMIT) as usize]);
            Ok(Wrote::Ok(()))
        })?;
    }
    for name in ["[method]output-stream.splice", "[method]output-stream.blocking-splice"] {
        define(&mut streams, name, |_, (_, _, _): (Output, Input, u64)| Ok(Err::<u64, _>(StreamError::Closed)))?;
    }
    Ok(())
}

fn link_error(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut error = linker.instance("wasi:io/error@0.2.0")?;
    resource::<Fault>(&mut error, "error")?;
    define(&mut error, "[method]error.to-debug-string", |_, (_,): (Resource<Fault>,)| Ok(String::new()))
}

fn link_poll(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut poll = linker.instance("wasi:io/poll@0.2.0")?;
    resource::<Pollable>(&mut poll, "pollable")?;
    define(&mut poll, "[method]pollable.ready", |_, (_,): (Resource<Pollable>,)| Ok(true))?;
    crate::sandbox::fuel::define_silent(&mut poll, "[method]pollable.block", |_, (_,): (Resource<Pollable>,)| {})?;
    define(&mut poll, "poll", |guest, (pollables,): (Vec<Resource<Pollable>>,)| {
        guest.unpaid_bytes += 4 * pollables.len() as u64;
        Ok((0..pollables.len() as u32).collect::<Vec<u32>>())
    })
}

fn print(guest: &mut Guest, to: &Output, bytes: &[u8]) {
    let to = if to.rep() == Printed::Output as u32 { Printed::Output } else { Printed::Error };
    guest.unpaid_bytes += bytes.len() as u64;
    guest.diary.print(to, bytes);
}

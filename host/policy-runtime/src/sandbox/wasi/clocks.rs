//! `wasi:clocks`: it is the observation's time all the while, and every timer has run out.
//!
//! A timer that really waited could not be interrupted by fuel or epoch. A policy that sleeps goes
//! on at once and finds the clock where it was.

use wasmtime::component::{ComponentType, Lift, Linker, Lower};

use super::io;
use crate::sandbox::fuel::define;
use crate::sandbox::guest::Guest;

const MILLISECOND_NS: u32 = 1_000_000;

/// The WIT record `datetime`.
#[derive(ComponentType, Lower, Lift)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut wall = linker.instance("wasi:clocks/wall-clock@0.2.0")?;
    define(&mut wall, "now", |guest, ()| {
        let now = guest.scene.now.0;
        Ok(Datetime { seconds: now / 1000, nanoseconds: (now % 1000) as u32 * MILLISECOND_NS })
    })?;
    define(&mut wall, "resolution", |_, ()| Ok(Datetime { seconds: 0, nanoseconds: MILLISECOND_NS }))?;

    let mut monotonic = linker.instance("wasi:clocks/monotonic-clock@0.2.0")?;
    define(&mut monotonic, "now", |guest, ()| Ok(guest.scene.now.0.saturating_mul(u64::from(MILLISECOND_NS))))?;
    define(&mut monotonic, "resolution", |_, ()| Ok(u64::from(MILLISECOND_NS)))?;
    define(&mut monotonic, "subscribe-instant", |_, (_,): (u64,)| Ok(io::ready()))?;
    define(&mut monotonic, "subscribe-duration", |_, (_,): (u64,)| Ok(io::ready()))
}

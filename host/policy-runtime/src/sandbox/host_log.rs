//! `trimtab:policy/log`: the one thing that a policy can call of ours.

use wasmtime::component::Linker;

use super::diary::LogLevel;
use super::fuel::define_silent;
use super::guest::Guest;
use crate::abi::since_0_1_0::Level;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut log = linker.instance("trimtab:policy/log@0.1.0")?;
    define_silent(&mut log, "write", |guest, (level, message): (Level, String)| {
        guest.unpaid_bytes += message.len() as u64;
        guest.diary.write(up(level), &message);
    })
}

fn up(level: Level) -> LogLevel {
    match level {
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error => LogLevel::Error,
    }
}

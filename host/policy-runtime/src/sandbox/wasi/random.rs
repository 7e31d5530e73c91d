//! `wasi:random`: all of it comes from the observation's seed, so a replay draws the same.
//!
//! A stream of BLAKE3 in XOF mode. It is as good as random to a policy and no secret to anyone.

use wasmtime::component::Linker;

use crate::sandbox::fuel::define;
use crate::sandbox::guest::Guest;
use crate::sandbox::trap::Refused;

/// Bytes that a policy may draw at once.
const MOST_BYTES: u64 = 64 << 10;

/// Randomness of one call; nothing is computed before the first draw.
pub(crate) struct Randomness {
    seed: u64,
    stream: Option<blake3::OutputReader>,
}

impl Randomness {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, stream: None }
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        let seed = self.seed;
        let begin = || {
            let mut hasher = blake3::Hasher::new_derive_key("trimtab 0.1 policy randomness");
            hasher.update(&seed.to_le_bytes()).finalize_xof()
        };
        self.stream.get_or_insert_with(begin).fill(bytes);
    }

    fn number(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    for (interface, prefix) in [("random", ""), ("insecure", "insecure-")] {
        let mut instance = linker.instance(&format!("wasi:random/{interface}@0.2.0"))?;
        define(&mut instance, &format!("get-{prefix}random-bytes"), |guest, (count,): (u64,)| bytes(guest, count))?;
        define(&mut instance, &format!("get-{prefix}random-u64"), |guest, ()| Ok(guest.randomness.number()))?;
    }
    let mut seed = linker.instance("wasi:random/insecure-seed@0.2.0")?;
    define(&mut seed, "insecure-seed", |guest, ()| Ok((guest.randomness.number(), guest.randomness.number())))
}

fn bytes(guest: &mut Guest, count: u64) -> wasmtime::Result<Vec<u8>> {
    if count > MOST_BYTES {
        let message = format!("it asked for {count} random bytes at once; expected at most {MOST_BYTES}");
        return Err(Refused(message).into());
    }
    guest.unpaid_bytes += count;
    let mut bytes = vec![0; count as usize];
    guest.randomness.fill(&mut bytes);
    Ok(bytes)
}

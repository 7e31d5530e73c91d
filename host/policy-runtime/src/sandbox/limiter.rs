//! Memory and tables of a call, summed over all its modules.

use wasmtime::ResourceLimiter;

use crate::settings::Limits;

/// Grants growth up to a sum, and remembers when it had to refuse.
pub(super) struct Limiter {
    memory_bytes: Sum,
    table_elements: Sum,
    refused: Option<Refusal>,
}

/// What could not grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Memory,
    Tables,
}

struct Sum {
    used: usize,
    limit: usize,
}

impl Sum {
    /// Lets one part grow from `current` to `desired`, if the sum stays within the limit.
    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let more = desired.saturating_sub(current);
        let granted = more <= self.limit - self.used;
        if granted {
            self.used += more;
        }
        granted
    }
}

impl Limiter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: Sum { used: 0, limit: limits.memory_bytes },
            table_elements: Sum { used: 0, limit: limits.table_elements },
            refused: None,
        }
    }

    /// Bytes of all memories. They never shrink, so this is also the peak.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.memory_bytes.used as u64
    }

    /// What was refused last, if anything was.
    pub(super) fn refused(&self) -> Option<Refusal> {
        self.refused
    }

    fn note(&mut self, granted: bool, refusal: Refusal) -> bool {
        if !granted {
            self.refused = Some(refusal);
        }
        granted
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let granted = self.memory_bytes.grow(current, desired);
        Ok(self.note(granted, Refusal::Memory))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let granted = self.table_elements.grow(current, desired);
        Ok(self.note(granted, Refusal::Tables))
    }
}

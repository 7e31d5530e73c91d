//! Memory and tables of a call, summed over all its modules.

use wasmtime::ResourceLimiter;

use crate::settings::Limits;

/// Grants growth up to a sum, and remembers when it had to refuse.
pub(super) struct Limiter {
    memory_bytes: usize,
    memory_limit: usize,
    table_elements: usize,
    table_limit: usize,
    refused: Option<&'static str>,
}

impl Limiter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: 0,
            memory_limit: limits.memory_bytes,
            table_elements: 0,
            table_limit: limits.table_elements,
            refused: None,
        }
    }

    /// Bytes of all memories. They never shrink, so this is also the peak.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.memory_bytes as u64
    }

    /// What was refused, if anything was.
    pub(super) fn refused(&self) -> Option<&'static str> {
        self.refused
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(match grown(self.memory_bytes, current, desired, self.memory_limit) {
            Some(sum) => {
                self.memory_bytes = sum;
                true
            }
            None => {
                self.refused = Some("memory");
                false
            }
        })
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(match grown(self.table_elements, current, desired, self.table_limit) {
            Some(sum) => {
                self.table_elements = sum;
                true
            }
            None => {
                self.refused = Some("table elements");
                false
            }
        })
    }
}

/// The sum after one part grows from `current` to `desired`, if it stays within `limit`.
fn grown(sum: usize, current: usize, desired: usize, limit: usize) -> Option<usize> {
    sum.checked_add(desired.saturating_sub(current)).filter(|&sum| sum <= limit)
}

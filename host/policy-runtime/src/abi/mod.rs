//! The contract, one folder per version track. The rest of the host speaks only `scaling-core`.
//!
//! Each version has two pure functions: `down` makes its observation from ours and never fails, `up`
//! makes our verdict from its.

pub(crate) mod since_0_1_0;

//! What a policy remembers.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Failure, RawState};

/// A type that survives from one evaluation to the next. JSON, unless `encode` and `decode` are written otherwise.
///
/// Keep it small and free of `HashMap`: equal states must have equal bytes, since the host stores changes only.
pub trait StateLayout: Serialize + DeserializeOwned {
    /// Name and version of the layout, for example `acme.pid/2`.
    const LAYOUT: &'static str;

    /// Older layouts that [`migrate`](Self::migrate) understands.
    const MIGRATES_FROM: &'static [&'static str] = &[];

    /// The bytes that the host stores.
    fn encode(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec(self).map_err(|error| Failure::state(format!("cannot write {}: {error}", Self::LAYOUT)))
    }

    /// The state of those bytes.
    fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(bytes).map_err(|error| Failure::state(format!("cannot read {}: {error}", Self::LAYOUT)))
    }

    /// The state of an older layout's bytes; `None` to start without one.
    ///
    /// Called only with layouts of `MIGRATES_FROM`. A failure keeps the old version of the policy running.
    fn migrate(layout: &str, bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let _ = bytes;
        Err(Failure::state(format!("cannot migrate {layout} to {}", Self::LAYOUT)))
    }
}

/// A stateless policy.
impl StateLayout for () {
    const LAYOUT: &'static str = "";
}

pub(crate) fn encode<S: StateLayout>(state: &S) -> Result<RawState, Failure> {
    Ok(RawState { layout: S::LAYOUT.to_owned(), data: state.encode()? })
}

pub(crate) fn decode<S: StateLayout>(raw: &RawState) -> Result<S, Failure> {
    if raw.layout != S::LAYOUT {
        return Err(Failure::state(format!(
            "the state is in layout {:?}, this policy reads {:?}",
            raw.layout,
            S::LAYOUT
        )));
    }
    S::decode(&raw.data)
}

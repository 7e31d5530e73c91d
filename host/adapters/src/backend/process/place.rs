//! What every start of a target has in common, and what is particular to each.

use std::path::PathBuf;
use std::sync::Arc;

use scaling_core::units::TargetName;

use super::config::ProcessConfig;
use super::roster::Entry;
use super::words::Words;
use crate::backend::store::Store;

/// The log of a slot.
pub fn log_path(store: &Store, slot: u32) -> PathBuf {
    store.dir().join("log").join(format!("slot-{slot}.log"))
}

/// What every start of a target has in common.
#[derive(Clone, Debug)]
pub struct Place {
    /// How its workers are run.
    pub config: Arc<ProcessConfig>,
    /// Of which target.
    pub target: TargetName,
    /// Where the runtime directories of its replicas are.
    pub runtime_dir: PathBuf,
}

impl Place {
    /// What is particular to one replica.
    pub fn words(&self, entry: &Entry) -> Words {
        let replica = entry.id(&self.target);
        Words {
            target: self.target.clone(),
            slot: entry.slot,
            port: self.port(entry.slot),
            runtime_dir: self.runtime_dir.join(replica.as_str()),
            replica,
        }
    }

    fn port(&self, slot: u32) -> Option<u16> {
        let offset = u16::try_from(slot.saturating_sub(1)).ok()?;
        self.config.first_port?.checked_add(offset)
    }
}

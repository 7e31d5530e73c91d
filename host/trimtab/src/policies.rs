//! Policies of this host: each component loaded once, each config prepared before it is used.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use policy_runtime::{LoadError, Policy, PrepareError, Runtime};
use scaling_core::failure::PolicyFailure;
use scaling_core::observation::Input;
use scaling_core::units::PolicySlot;
use scaling_core::verdict::ConfigIssue;
use thiserror::Error;

use crate::config::{ComponentRef, PolicyConfig};
use crate::journal::{Digest, Journal, JournalError};
use crate::lock::lock;

/// A policy in a slot of a target; or why there is none that could be asked.
#[derive(Clone)]
pub struct LivePolicy {
    /// Which slot.
    pub slot: PolicySlot,
    /// Ready to be asked.
    pub ready: Result<ReadyPolicy, String>,
}

/// A loaded policy with a config that it accepted.
#[derive(Clone)]
pub struct ReadyPolicy {
    /// The component.
    pub policy: Policy,
    /// Names the component in the journal.
    pub component_digest: String,
    /// Its config, JSON text.
    pub config: Arc<str>,
    /// Names the config in the journal.
    pub config_digest: String,
    /// What it needs to see.
    pub inputs: Vec<Input>,
}

/// Why a policy can't be used.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The file can't be read.
    #[error("{component}: can't be read: {error}")]
    Unreadable {
        /// Where it should be.
        component: String,
        /// Why not.
        error: std::io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("{0}: is no regular file; expected a WebAssembly component")]
    NoFile(String),
    /// There is no bundled policy of that name.
    #[error("there is no bundled policy `{0}`")]
    Unknown(String),
    /// The component was refused.
    #[error("{component}: {}", crate::causes::with_causes(error))]
    Refused {
        /// Where it came from.
        component: String,
        /// Why.
        error: LoadError,
    },
    /// The config was refused.
    #[error("{component}: its config is refused: {}", told(issues))]
    Config {
        /// Where it came from.
        component: String,
        /// Everything wrong with it.
        issues: Vec<ConfigIssue>,
    },
    /// It failed while it looked at the config.
    #[error("{component}: failed to look at its config: {failure}")]
    Failed {
        /// Where it came from.
        component: String,
        /// How.
        failure: String,
    },
    /// The state that an older version left can't be converted.
    #[error("{component}: the state that was left, of layout {from:?}, can't be converted: {failure}")]
    Migration {
        /// Where it came from.
        component: String,
        /// Layout of the state.
        from: String,
        /// Why not.
        failure: PolicyFailure,
    },
    /// It could not be written down.
    #[error("{0}")]
    Journal(#[from] JournalError),
}

/// Loads components; equal bytes are one policy for as long as somebody uses it.
#[derive(Clone)]
pub struct Policies {
    runtime: Arc<Runtime>,
    /// What stands in the journal already.
    kept: Arc<Mutex<BTreeSet<Digest>>>,
}

impl Policies {
    /// Nothing is loaded yet.
    pub fn new(runtime: Runtime) -> Self {
        Self { runtime: Arc::new(runtime), kept: Arc::default() }
    }

    /// Loads the component and has it look at its config. With a journal, both are kept there, so that a
    /// replay has them.
    pub async fn ready(&self, wanted: &PolicyConfig, journal: Option<&Journal>) -> Result<ReadyPolicy, PolicyError> {
        let component = wanted.component.to_string();
        let bytes = self.bytes_of(&wanted.component).await?;
        let loaded = self.runtime.load_async(bytes.to_vec()).await;
        let policy = loaded.map_err(|error| PolicyError::Refused { component: component.clone(), error })?;
        let inputs = policy.prepare(&wanted.config).await.map_err(|error| refused(&component, error))?;
        if let Some(journal) = journal {
            self.keep(journal, "component", &bytes).await?;
            self.keep(journal, "config", wanted.config.as_bytes()).await?;
        }
        let component_digest = Digest::of(&bytes).to_string();
        let config_digest = Digest::of(wanted.config.as_bytes()).to_string();
        let config = Arc::from(wanted.config.as_str());
        Ok(ReadyPolicy { policy, component_digest, config, config_digest, inputs })
    }

    async fn bytes_of(&self, component: &ComponentRef) -> Result<Cow<'static, [u8]>, PolicyError> {
        let path = match component {
            ComponentRef::Builtin(name) => {
                let bundled = bundled_policies::get(name);
                return bundled.map(Cow::Borrowed).ok_or_else(|| PolicyError::Unknown(name.clone()));
            }
            ComponentRef::File(path) => path.clone(),
        };
        if path.exists() && !path.is_file() {
            return Err(PolicyError::NoFile(component.to_string()));
        }
        let runtime = self.runtime.clone();
        let read = tokio::task::spawn_blocking(move || runtime.read(&path)).await;
        let component = component.to_string();
        let refused = |error| match error {
            LoadError::Read { source, .. } => PolicyError::Unreadable { component: component.clone(), error: source },
            error => PolicyError::Refused { component: component.clone(), error },
        };
        read.map_err(|_| PolicyError::NoFile(component.clone()))?.map(Cow::Owned).map_err(refused)
    }

    async fn keep(&self, journal: &Journal, kind: &str, bytes: &[u8]) -> Result<(), JournalError> {
        let digest = Digest::of(bytes);
        if !lock(&self.kept).contains(&digest) {
            journal.keep(kind, bytes).await?;
            lock(&self.kept).insert(digest);
        }
        Ok(())
    }
}

fn refused(component: &str, error: PrepareError) -> PolicyError {
    let component = component.to_owned();
    match error {
        PrepareError::Issues(issues) => PolicyError::Config { component, issues },
        PrepareError::Failed(failure) => PolicyError::Failed { component, failure: failure.to_string() },
    }
}

/// `pointer: message`, all of them in one line.
fn told(issues: &[ConfigIssue]) -> String {
    let pointer = |issue: &ConfigIssue| if issue.pointer.is_empty() { "/".to_owned() } else { issue.pointer.clone() };
    let told = issues.iter().map(|issue| format!("{}: {}", pointer(issue), issue.message));
    told.collect::<Vec<_>>().join("; ")
}

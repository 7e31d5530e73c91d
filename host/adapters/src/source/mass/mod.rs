//! Source `mass`: how much work an analysis system of a MASS server has.
//!
//! ```toml
//! [source.mass.mass]
//! url = "http://mass.lab:8000/api/"
//! api-key = { file = "/etc/trimtab/mass-key" }  # optional; default: MASS_API_KEY, else API_KEY, of the environment
//!
//! [target.ssdeep.indicator.analyses.mass]
//! source = "mass"
//! analysis-system = "ssdeep"    # its identifier_name, or its URL
//! read = "demand"               # or requests, scheduled, instances-online, instances
//! due-only = false              # optional, with demand and requests
//! unregistered = "error"        # or "zero": what an analysis system is that the server does not know
//! ```
//!
//! `demand` is the load of MASS's own autoscaler: requests, and analyses scheduled on instances that are
//! online. Questions that come within a second share one look at each list. What is asked of the server
//! for that, and where we differ from the original: RATIONALE.md beside this file.

mod ask;
mod count;
mod desk;
mod instances;
mod key;
mod link;
mod list;
mod name;
mod requests;
mod systems;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use ask::MassSource;
pub use link::MassLink;
pub use name::SystemName;

use super::Address;
use crate::secret::SecretRef;
use crate::span::Span;
use crate::tls::Tls;

/// Most elements that may be asked for in one page: more would not fit into the longest answer.
const MOST_PER_PAGE: u32 = 1000;

/// `[source.NAME.mass]`: where a MASS server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Connection {
    /// The URL of its API, which ends in `/api/`.
    pub url: Address,
    /// Where the key is kept. Default: the environment variable `MASS_API_KEY`, else `API_KEY`.
    #[serde(default)]
    pub api_key: Option<SecretRef>,
    /// Longest that a question may take, all its pages together. Default 5s.
    #[serde(default = "five_seconds")]
    pub timeout: Span,
    /// Elements in one page, at most 1000. Default 100.
    #[serde(default = "hundred")]
    pub per_page: u32,
    /// Certificates.
    #[serde(default)]
    pub tls: Option<Tls>,
}

/// `[target.T.indicator.NAME.mass]`: what to know of an analysis system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Name of the source.
    pub source: String,
    /// Which.
    pub analysis_system: SystemName,
    /// What of it. Default: `demand`.
    #[serde(default)]
    pub read: Read,
    /// Leaves out requests that are to be scheduled in the future only.
    #[serde(default)]
    pub due_only: bool,
    /// What an analysis system is that the server does not know.
    #[serde(default)]
    pub unregistered: Unregistered,
}

/// What can be read of an analysis system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// Requests, and analyses that are scheduled on instances online: the work that there is to do.
    #[default]
    Demand,
    /// Analyses that are requested and not yet given to an instance.
    Requests,
    /// Analyses that are given to an instance which is online.
    Scheduled,
    /// Instances that were seen by the server within ten minutes.
    InstancesOnline,
    /// Instances that are registered.
    Instances,
}

/// What to make of an analysis system that the server does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unregistered {
    /// A mistake that is told: no answer.
    #[default]
    Error,
    /// One that has nothing to do, as for MASS's own autoscaler: the answer is zero.
    Zero,
}

fn five_seconds() -> Span {
    Span::seconds(5)
}

fn hundred() -> u32 {
    100
}

impl Connection {
    pub(crate) fn check(&self) -> Vec<String> {
        let mut issues = key::check(self.api_key.as_ref());
        if !(1..=MOST_PER_PAGE).contains(&self.per_page) {
            issues.push(format!("per-page must lie from 1 to {MOST_PER_PAGE}, not {}", self.per_page));
        }
        issues.extend(self.tls.iter().flat_map(Tls::check));
        issues
    }
}

impl Question {
    pub(crate) fn over(self, link: Arc<MassLink>) -> MassSource {
        MassSource { question: self, link }
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let counts_requests = matches!(self.read, Read::Demand | Read::Requests);
        let stray = self.due_only && !counts_requests;
        stray.then(|| "due-only goes with read = \"demand\" or \"requests\" only".to_owned()).into_iter().collect()
    }
}

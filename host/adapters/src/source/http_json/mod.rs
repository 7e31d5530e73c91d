//! Source `http-json`: numbers, or single jobs, in the JSON documents of an API.

mod aggregate;
mod ask;
mod jobs;
mod location;
mod moment;
mod paging;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use aggregate::Aggregate;
pub(crate) use ask::JsonSource;
pub use jobs::JobFields;
pub use location::Location;
pub use paging::Paging;

use super::http::{HttpLink, HttpSettings};
use super::prometheus::three_seconds;
use super::{Address, Auth, Headers};
use crate::span::Span;
use crate::tls::Tls;

/// `[source.NAME.http-json]`: where an API is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Connection {
    /// Its URL; the `path` of a question goes after it.
    pub url: Address,
    /// Longest that one request may take. Default 3s.
    #[serde(default = "three_seconds")]
    pub timeout: Span,
    /// Headers without secrets.
    #[serde(default)]
    pub headers: Headers,
    /// Credentials.
    #[serde(default)]
    pub auth: Option<Auth>,
    /// Certificates.
    #[serde(default)]
    pub tls: Option<Tls>,
}

/// `[target.T.indicator.NAME.http-json]`: which numbers of a document, or which jobs.
///
/// Exactly one of `value-location` and `jobs` is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Name of the source.
    pub source: String,
    /// What goes after the connection's URL, such as `/api/queues?state=all`.
    #[serde(default)]
    pub path: String,
    /// The list that the rest is about. Given, it must be there, and then an empty one is a true zero for
    /// `sum` and `count`; without it, no match is a missing value.
    #[serde(default)]
    pub list_location: Option<Location>,
    /// The number, or numbers: in the document, or in the list if there is `list-location`.
    #[serde(default)]
    pub value_location: Option<Location>,
    /// What to make of several numbers. Left out: exactly one is expected.
    #[serde(default)]
    pub aggregate: Option<Aggregate>,
    /// The list is of jobs, and these are their fields.
    #[serde(default)]
    pub jobs: Option<JobFields>,
    /// The answer comes in pages.
    #[serde(default)]
    pub paging: Option<Paging>,
}

impl Connection {
    pub(crate) fn link(&self) -> HttpLink {
        HttpLink::new(HttpSettings {
            timeout: self.timeout.get(),
            headers: self.headers.clone(),
            auth: self.auth.clone(),
            tls: self.tls.clone(),
            address: Some(self.url.clone()),
            secure: self.url.is_secure(),
        })
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let auth = self.auth.iter().flat_map(Auth::check);
        auth.chain(self.tls.iter().flat_map(Tls::check)).collect()
    }
}

impl Question {
    pub(crate) fn over(self, link: Arc<HttpLink>) -> JsonSource {
        JsonSource::new(self, link)
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let mut issues = Vec::new();
        match (&self.jobs, &self.value_location) {
            (None, None) => issues.push("one of value-location and jobs is expected".to_owned()),
            (Some(_), Some(_)) => issues.push("only one of value-location and jobs can be asked".to_owned()),
            (Some(_), None) if self.list_location.is_none() => {
                issues.push("jobs needs list-location, the list that they are in".to_owned());
            }
            (Some(_), None) if self.aggregate.is_some() => {
                issues.push("aggregate goes with value-location, not with jobs".to_owned());
            }
            _ => {}
        }
        issues.extend(self.paging.iter().flat_map(Paging::check));
        issues
    }
}

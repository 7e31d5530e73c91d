//! Source `prometheus`: PromQL, instant or over the window, put to a Prometheus or whatever speaks its API.

mod answer;
mod ask;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use ask::PromSource;

use super::http::{HttpLink, HttpSettings};
use super::subject::check_labels;
use super::{Address, Auth, Headers};
use crate::span::Span;
use crate::tls::Tls;

/// `[source.NAME.prometheus]`: where a Prometheus is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Connection {
    /// Its URL, without `/api/v1`.
    pub server_address: Address,
    /// Longest that one query may take. Default 3s.
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

/// `[target.T.indicator.NAME.prometheus]`: a PromQL query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Name of the source.
    pub source: String,
    /// PromQL.
    pub query: String,
    /// Read the whole window with each query instead of one moment.
    #[serde(default)]
    pub range: Option<Range>,
    /// How many series about one subject are expected.
    #[serde(default)]
    pub series: Expected,
    /// The label that holds the name of the agent that a series is about.
    #[serde(default)]
    pub agent_label: Option<String>,
    /// The label that holds the name of the replica that a series is about.
    #[serde(default)]
    pub replica_label: Option<String>,
}

/// A query over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Range {
    /// Time between two samples. Samples lie at whole multiples of it, so that the same moment is asked
    /// again and again and the newest sample is up to one step old.
    pub step: Span,
}

/// How many series about one subject are expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// One. Several are an error: nothing says which of them to believe.
    #[default]
    One,
    /// Any number, told from each other by their labels, which become attributes.
    Each,
}

/// The default time-out of all kinds of connection.
pub(crate) fn three_seconds() -> Span {
    Span::seconds(3)
}

impl Connection {
    pub(crate) fn link(&self) -> HttpLink {
        HttpLink::new(HttpSettings {
            timeout: self.timeout.get(),
            headers: self.headers.clone(),
            auth: self.auth.clone(),
            tls: self.tls.clone(),
            address: Some(self.server_address.clone()),
            secure: self.server_address.is_secure(),
        })
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let auth = self.auth.iter().flat_map(Auth::check);
        auth.chain(self.tls.iter().flat_map(Tls::check)).collect()
    }
}

impl Question {
    pub(crate) fn over(self, link: Arc<HttpLink>) -> PromSource {
        PromSource::new(self, link)
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let mut issues = check_labels(self.agent_label.as_deref(), self.replica_label.as_deref());
        if self.query.trim().is_empty() {
            issues.push("query must be PromQL, not empty".to_owned());
        }
        if self.range.is_some_and(|range| range.step < Span::seconds(1)) {
            issues.push("range.step must be at least \"1s\"".to_owned());
        }
        issues
    }
}

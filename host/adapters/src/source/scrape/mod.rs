//! Source `scrape`: an aggregate over the samples of one metric, read from exporters' `/metrics` directly.

mod ask;
mod exposition;
mod function;
mod histogram;
mod increase;
mod line;
mod matcher;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use ask::ScrapeSource;
pub use matcher::{Matcher, Pattern};

use super::http::{HttpLink, HttpSettings};
use super::prometheus::three_seconds;
use super::subject::{Labels, check_labels};
use super::{Address, Auth, Headers};
use crate::span::Span;
use crate::tls::Tls;

/// `[source.NAME.scrape]`: which exporters to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Connection {
    /// The URLs, each with its path, such as `http://127.0.0.1:9100/metrics`.
    pub urls: Vec<Address>,
    /// Longest that one scrape may take. Default 3s.
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

/// `[target.T.indicator.NAME.scrape]`: which samples, and what to make of them.
///
/// A sample without the label `instance` gets one, the `host:port` that it was read from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Name of the source.
    pub source: String,
    /// Name of the metric; of a histogram without `_bucket`.
    pub metric: String,
    /// Labels that a sample must have.
    #[serde(default)]
    pub labels: std::collections::BTreeMap<String, Matcher>,
    /// What to make of the samples. Default `sum`.
    #[serde(default)]
    pub function: Function,
    /// Which quantile, from 0 to 1, with `function = "quantile"`.
    #[serde(default)]
    pub quantile: Option<f64>,
    /// One series for each value of these labels, which become attributes.
    #[serde(default)]
    pub by: Vec<String>,
    /// One series for each agent, which this label names.
    #[serde(default)]
    pub agent_label: Option<String>,
    /// One series for each replica, which this label names.
    #[serde(default)]
    pub replica_label: Option<String>,
}

/// What to make of the samples that match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// Their sum.
    #[default]
    Sum,
    /// Their mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// How fast counters rose since the scrape before, per second, summed.
    Rate,
    /// A quantile of what a histogram has counted since the scrape before.
    Quantile,
}

impl Connection {
    pub(crate) fn link(&self) -> HttpLink {
        HttpLink::new(HttpSettings {
            timeout: self.timeout.get(),
            headers: self.headers.clone(),
            auth: self.auth.clone(),
            tls: self.tls.clone(),
            address: None,
            secure: self.urls.iter().any(Address::is_secure),
        })
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let none = self.urls.is_empty().then(|| "urls must name at least one exporter".to_owned());
        let auth = self.auth.iter().flat_map(Auth::check);
        none.into_iter().chain(auth).chain(self.tls.iter().flat_map(Tls::check)).collect()
    }
}

impl Question {
    pub(crate) fn over(self, link: Arc<HttpLink>, connection: &Connection) -> ScrapeSource {
        ScrapeSource::new(self, link, connection.urls.clone())
    }

    pub(crate) fn check(&self) -> Vec<String> {
        let mut issues = check_labels(self.agent_label.as_deref(), self.replica_label.as_deref());
        if self.metric.is_empty() {
            issues.push("metric must be the name of a metric".to_owned());
        }
        match (self.function, self.quantile) {
            (Function::Quantile, Some(rank)) if (0.0..=1.0).contains(&rank) => {}
            (Function::Quantile, Some(rank)) => issues.push(format!("quantile must lie from 0 to 1, not {rank}")),
            (Function::Quantile, None) => {
                issues.push("function = \"quantile\" needs quantile, such as 0.95".to_owned());
            }
            (_, Some(_)) => issues.push("quantile goes with function = \"quantile\" only".to_owned()),
            (_, None) => {}
        }
        issues
    }

    /// The name of the samples to look for.
    fn sample_name(&self) -> String {
        if self.function == Function::Quantile { format!("{}_bucket", self.metric) } else { self.metric.clone() }
    }

    /// The labels by which samples are grouped into series.
    fn group_of(&self, labels: &Labels) -> Labels {
        let subject = [&self.agent_label, &self.replica_label].into_iter().flatten();
        let wanted = self.by.iter().chain(subject);
        wanted
            .filter_map(|label| labels.get_key_value(label))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    fn wants(&self, labels: &Labels) -> bool {
        // As in Prometheus, a label that is not there is an empty one.
        self.labels.iter().all(|(label, matcher)| matcher.matches(labels.get(label).map_or("", String::as_str)))
    }
}

//! From config to sources: `[source.NAME.KIND]` is a connection, `[target.T.indicator.NAME.KIND]` a question.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::http::HttpLink;
use super::mass::MassLink;
use super::redis::RedisLink;
use super::{Source, http_json, karton, mass, prometheus, redis, rq, scrape};

/// How to reach a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// A Prometheus, or whatever speaks its query API.
    Prometheus(prometheus::Connection),
    /// Exporters' `/metrics`, directly.
    Scrape(scrape::Connection),
    /// A Redis.
    Redis(redis::Connection),
    /// A JSON API.
    HttpJson(http_json::Connection),
    /// A MASS server.
    Mass(mass::Connection),
}

/// What to ask a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// A PromQL query.
    Prometheus(prometheus::Question),
    /// An aggregate over the samples of one metric.
    Scrape(scrape::Question),
    /// The size of something, or a number kept at a key.
    Redis(redis::Question),
    /// Numbers or jobs in a JSON document.
    HttpJson(http_json::Question),
    /// The work of an identity of Karton, asked of its Redis.
    Karton(karton::Question),
    /// The work of a queue of RQ, asked of its Redis.
    Rq(rq::Question),
    /// The work of an analysis system of a MASS server.
    Mass(mass::Question),
}

/// An open connection. Cheap to clone; all questions to one source share it.
///
/// Opening never fails and reaches nobody: files and servers that are not there yet are errors of the
/// first question.
#[derive(Clone)]
pub enum Link {
    /// Of a [`Connection::Prometheus`].
    Prometheus(Arc<HttpLink>),
    /// Of a [`Connection::Scrape`], with the addresses to scrape.
    Scrape(Arc<HttpLink>, Arc<scrape::Connection>),
    /// Of a [`Connection::Redis`].
    Redis(Arc<RedisLink>),
    /// Of a [`Connection::HttpJson`].
    HttpJson(Arc<HttpLink>),
    /// Of a [`Connection::Mass`].
    Mass(Arc<MassLink>),
}

/// A question of one kind to a source of another.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("source {source_name:?} is of kind {connection}, so the question to it can't be of kind {question}")]
pub struct KindMismatch {
    /// The source's name in the config.
    pub source_name: String,
    /// Kind of the connection.
    pub connection: &'static str,
    /// Kind of the question.
    pub question: &'static str,
}

impl Connection {
    /// The kind, as it is written in the config.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Prometheus(_) => "prometheus",
            Self::Scrape(_) => "scrape",
            Self::Redis(_) => "redis",
            Self::HttpJson(_) => "http-json",
            Self::Mass(_) => "mass",
        }
    }

    /// Longest that one request may take.
    pub fn timeout(&self) -> Duration {
        match self {
            Self::Prometheus(it) => it.timeout.get(),
            Self::Scrape(it) => it.timeout.get(),
            Self::Redis(it) => it.timeout.get(),
            Self::HttpJson(it) => it.timeout.get(),
            Self::Mass(it) => it.timeout.get(),
        }
    }

    /// What is wrong with it, as far as can be seen without connecting: secrets and files that are not
    /// there, settings that contradict each other.
    pub fn check(&self) -> Vec<String> {
        let mut issues = match self {
            Self::Prometheus(it) => it.check(),
            Self::Scrape(it) => it.check(),
            Self::Redis(it) => it.check(),
            Self::HttpJson(it) => it.check(),
            Self::Mass(it) => it.check(),
        };
        if self.timeout().is_zero() {
            issues.push("timeout must be longer than nothing, such as \"3s\"".to_owned());
        }
        issues
    }

    /// Opens it.
    pub fn open(&self) -> Link {
        match self {
            Self::Prometheus(it) => Link::Prometheus(Arc::new(it.link())),
            Self::Scrape(it) => Link::Scrape(Arc::new(it.link()), Arc::new(it.clone())),
            Self::Redis(it) => Link::Redis(Arc::new(RedisLink::new(it.clone()))),
            Self::HttpJson(it) => Link::HttpJson(Arc::new(it.link())),
            Self::Mass(it) => Link::Mass(Arc::new(MassLink::new(it))),
        }
    }
}

impl Question {
    /// The kind, as it is written in the config.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Prometheus(_) => "prometheus",
            Self::Scrape(_) => "scrape",
            Self::Redis(_) => "redis",
            Self::HttpJson(_) => "http-json",
            Self::Karton(_) => "karton",
            Self::Rq(_) => "rq",
            Self::Mass(_) => "mass",
        }
    }

    /// The kind of the connection that it is put over: Karton and RQ are asked of their Redis.
    pub fn connection_kind(&self) -> &'static str {
        match self {
            Self::Karton(_) | Self::Rq(_) => "redis",
            Self::Prometheus(_) | Self::Scrape(_) | Self::Redis(_) | Self::HttpJson(_) | Self::Mass(_) => self.kind(),
        }
    }

    /// Name of the source that it is put to.
    pub fn source(&self) -> &str {
        match self {
            Self::Prometheus(it) => &it.source,
            Self::Scrape(it) => &it.source,
            Self::Redis(it) => &it.source,
            Self::HttpJson(it) => &it.source,
            Self::Karton(it) => &it.source,
            Self::Rq(it) => &it.source,
            Self::Mass(it) => &it.source,
        }
    }

    /// Whether the answer is jobs: the four `jobs.*` series instead of one of readings.
    pub fn gives_jobs(&self) -> bool {
        match self {
            Self::HttpJson(it) => it.jobs.is_some(),
            Self::Karton(it) => it.jobs,
            Self::Rq(it) => it.jobs,
            Self::Prometheus(_) | Self::Scrape(_) | Self::Redis(_) | Self::Mass(_) => false,
        }
    }

    /// What is wrong with it that its syntax does not show.
    pub fn check(&self) -> Vec<String> {
        match self {
            Self::Prometheus(it) => it.check(),
            Self::Scrape(it) => it.check(),
            Self::Redis(it) => it.check(),
            Self::HttpJson(it) => it.check(),
            Self::Karton(it) => it.check(),
            Self::Rq(it) => it.check(),
            Self::Mass(it) => it.check(),
        }
    }

    /// The question, ready to be put to the source behind `link`.
    pub fn over(&self, link: &Link) -> Result<Box<dyn Source>, KindMismatch> {
        match (self, link) {
            (Self::Prometheus(it), Link::Prometheus(link)) => Ok(Box::new(it.clone().over(link.clone()))),
            (Self::Scrape(it), Link::Scrape(link, to)) => Ok(Box::new(it.clone().over(link.clone(), to))),
            (Self::Redis(it), Link::Redis(link)) => Ok(Box::new(it.clone().over(link.clone()))),
            (Self::HttpJson(it), Link::HttpJson(link)) => Ok(Box::new(it.clone().over(link.clone()))),
            (Self::Karton(it), Link::Redis(link)) => Ok(Box::new(it.clone().over(link.clone()))),
            (Self::Rq(it), Link::Redis(link)) => Ok(Box::new(it.clone().over(link.clone()))),
            (Self::Mass(it), Link::Mass(link)) => Ok(Box::new(it.clone().over(link.clone()))),
            _ => Err(KindMismatch {
                source_name: self.source().to_owned(),
                connection: link.kind(),
                question: self.kind(),
            }),
        }
    }
}

impl Link {
    fn kind(&self) -> &'static str {
        match self {
            Self::Prometheus(_) => "prometheus",
            Self::Scrape(..) => "scrape",
            Self::Redis(_) => "redis",
            Self::HttpJson(_) => "http-json",
            Self::Mass(_) => "mass",
        }
    }
}

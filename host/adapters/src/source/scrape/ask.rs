//! Scraping all exporters of a connection and making one answer of what they say.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use reqwest::Url;
use scaling_core::observation::Sample;
use scaling_core::units::Timestamp;

use super::exposition::{self, Format, Point};
use super::function::{self, Outcome};
use super::increase::{Counters, Increase};
use super::{Function, Question};
use crate::source::address::shown;
use crate::source::http::HttpLink;
use crate::source::subject::NamedBy;
use crate::source::{Address, Answer, Reading, Source, SourceError};

/// The order of preference: the simple format first, it says all we need.
const ACCEPT: &str = "text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.8,*/*;q=0.1";

/// A question about a metric over the exporters of a connection.
pub(crate) struct ScrapeSource {
    question: Question,
    link: Arc<HttpLink>,
    exporters: Vec<Exporter>,
}

/// One exporter, and its counters at its last scrape.
struct Exporter {
    url: Url,
    counters: Mutex<Counters>,
}

/// What one exporter said.
enum Said {
    /// The samples themselves.
    Points(Vec<Point>),
    /// How much its counters rose.
    Increases(Vec<Increase>),
}

impl Said {
    fn is_empty(&self) -> bool {
        match self {
            Self::Points(points) => points.is_empty(),
            Self::Increases(increases) => increases.is_empty(),
        }
    }
}

#[async_trait]
impl Source for ScrapeSource {
    async fn ask(&self, now: Timestamp, _window: Duration) -> Result<Answer, SourceError> {
        let (mut all, mut failure) = (Vec::new(), None);
        for said in join_all(self.exporters.iter().map(|exporter| self.scrape(exporter, now))).await {
            match said {
                Ok(said) => all.push(said),
                Err(error) => failure = Some(error),
            }
        }
        if let (true, Some(error)) = (all.is_empty(), failure) {
            return Err(error);
        }
        // An exporter that answered without the metric did not answer this question.
        let told = all.iter().filter(|said| !said.is_empty()).count();
        self.answer(all, now, told < self.exporters.len())
    }
}

impl ScrapeSource {
    pub fn new(question: Question, link: Arc<HttpLink>, urls: Vec<Address>) -> Self {
        let exporter = |address: Address| Exporter { url: address.url().clone(), counters: Mutex::default() };
        Self { question, link, exporters: urls.into_iter().map(exporter).collect() }
    }

    async fn scrape(&self, exporter: &Exporter, now: Timestamp) -> Result<Said, SourceError> {
        let page = self.link.get(exporter.url.clone(), ACCEPT).await?.ok()?;
        let format = Format::of(&page.content_type);
        let mut points = exposition::points(page.text()?, format, &self.question.sample_name())
            .map_err(|fault| SourceError::Garbled(format!("{} is no exposition: {fault}", shown(&exporter.url))))?;
        for point in &mut points {
            name_instance(point, &exporter.url);
        }
        points.retain(|point| self.question.wants(&point.labels));
        Ok(match self.question.function {
            Function::Rate | Function::Quantile => {
                let mut counters = exporter.counters.lock().unwrap_or_else(PoisonError::into_inner);
                Said::Increases(counters.advance(&points, now))
            }
            Function::Sum | Function::Avg | Function::Min | Function::Max => Said::Points(points),
        })
    }

    fn answer(&self, all: Vec<Said>, now: Timestamp, partial: bool) -> Result<Answer, SourceError> {
        let (mut points, mut increases) = (Vec::new(), Vec::new());
        for said in all {
            match said {
                Said::Points(more) => points.extend(more),
                Said::Increases(more) => increases.extend(more),
            }
        }
        let outcomes = match self.question.function {
            Function::Rate => function::rates(&self.question, &increases),
            Function::Quantile => {
                function::quantiles(&self.question, &increases).map_err(|fault| self.garbled(&fault))?
            }
            _ => function::over_points(&self.question, points),
        };
        let readings = outcomes.iter().map(|outcome| self.reading(outcome, now, partial));
        readings.collect::<Result<_, _>>().map(Answer::Readings)
    }

    fn reading(&self, outcome: &Outcome, now: Timestamp, partial: bool) -> Result<Reading, SourceError> {
        let named = NamedBy::new(self.question.agent_label.as_deref(), self.question.replica_label.as_deref());
        let samples = vec![Sample { at: outcome.at.unwrap_or(now), value: outcome.value }];
        let attributes = named.attributes(&outcome.labels);
        Ok(Reading {
            subject: named.subject(&outcome.labels)?,
            samples,
            attributes,
            partial: partial || outcome.partial,
        })
    }

    fn garbled(&self, fault: &str) -> SourceError {
        SourceError::Garbled(format!("metric {}: {fault}", self.question.metric))
    }
}

/// The label that Prometheus would give it.
fn name_instance(point: &mut Point, url: &Url) {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    point.labels.entry("instance".to_owned()).or_insert_with(|| format!("{host}:{port}"));
}

//! Putting a query to a Prometheus.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use scaling_core::units::{Timestamp, millis};

use super::answer::{Answered, Envelope, Item};
use super::{Expected, Question, Range};
use crate::source::address::shown;
use crate::source::collector::MAX_SAMPLES;
use crate::source::http::{HttpLink, Page};
use crate::source::subject::{NamedBy, one_for_each_subject};
use crate::source::{Answer, Reading, Source, SourceError};

/// A PromQL query over an open connection.
pub(crate) struct PromSource {
    question: Question,
    link: Arc<HttpLink>,
}

#[async_trait]
impl Source for PromSource {
    async fn ask(&self, now: Timestamp, window: Duration) -> Result<Answer, SourceError> {
        let page = self.link.get(self.url(now, window)?, "application/json").await?;
        let answered = understood(&page)?;
        self.readings(answered).map(Answer::Readings)
    }
}

impl PromSource {
    pub fn new(question: Question, link: Arc<HttpLink>) -> Self {
        Self { question, link }
    }

    fn url(&self, now: Timestamp, window: Duration) -> Result<Url, SourceError> {
        let path = if self.question.range.is_some() { "/api/v1/query_range" } else { "/api/v1/query" };
        let mut url = self.link.url(path)?;
        let mut query = url.query_pairs_mut();
        query.append_pair("query", &self.question.query);
        match self.question.range {
            None => query.append_pair("time", &seconds(now.0)),
            Some(range) => {
                let (start, end) = grid(now, window, range);
                query.append_pair("start", &seconds(start)).append_pair("end", &seconds(end));
                query.append_pair("step", &seconds(millis(range.step.get())))
            }
        };
        drop(query);
        Ok(url)
    }

    fn readings(&self, answered: Answered) -> Result<Vec<Reading>, SourceError> {
        let named = NamedBy::new(self.question.agent_label.as_deref(), self.question.replica_label.as_deref());
        let reading = |item: Item| -> Result<Reading, SourceError> {
            let subject = named.subject(&item.labels)?;
            let attributes = match self.question.series {
                Expected::One => Vec::new(),
                Expected::Each => named.attributes(&item.labels),
            };
            Ok(Reading { subject, samples: item.samples, attributes, partial: answered.warned })
        };
        let readings: Vec<Reading> = answered.items.into_iter().map(reading).collect::<Result<_, _>>()?;
        if self.question.series == Expected::One {
            one_for_each_subject(&readings, "aggregate in the query, or say series = \"each\"")?;
        }
        // A series of nothing but NaN is one that has nothing to say.
        Ok(readings.into_iter().filter(|reading| !reading.samples.is_empty()).collect())
    }
}

/// First and last moment of a range query, in milliseconds, on whole steps.
fn grid(now: Timestamp, window: Duration, range: Range) -> (u64, u64) {
    let step = millis(range.step.get()).max(1);
    let end = now.0 - now.0 % step;
    let steps = (millis(window) / step).min(MAX_SAMPLES as u64 - 1);
    (end.saturating_sub(steps * step), end)
}

/// Milliseconds as the seconds that the API takes.
fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// The answer; a refused query says why in its body, whatever the status.
fn understood(page: &Page) -> Result<Answered, SourceError> {
    let place = shown(&page.url);
    match page.json::<Envelope>() {
        Ok(envelope) => {
            let answered = envelope.into_answered().map_err(|fault| fault.at(&place))?;
            page.failed().map_or(Ok(answered), Err)
        }
        Err(garbled) => Err(page.failed().unwrap_or(garbled)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    #[test]
    fn a_range_lies_on_whole_steps_and_is_bounded() {
        let range = Range { step: Span::seconds(15) };
        assert_eq!(grid(Timestamp(100_000), Duration::from_secs(60), range), (30_000, 90_000));
        assert_eq!(grid(Timestamp(104_999), Duration::from_secs(60), range), (30_000, 90_000));
        let (start, end) = grid(Timestamp(1_000_000_000), Duration::from_secs(864_000), range);
        assert_eq!((end - start) / 15_000 + 1, MAX_SAMPLES as u64);
    }

    #[test]
    fn milliseconds_are_written_as_seconds() {
        assert_eq!(seconds(1_700_000_000_042), "1700000000.042");
    }
}

//! Putting a question to a JSON API.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use scaling_core::units::Timestamp;
use serde_json::Value as Json;

use super::Question;
use super::aggregate;
use super::jobs::JobFields;
use super::location::Location;
use crate::source::address::shown;
use crate::source::http::HttpLink;
use crate::source::{Answer, Jobs, Reading, Source, SourceError};

/// More values or jobs than this are a mistake in the question.
const MOST_ITEMS: usize = 100_000;

/// A question over an open connection.
pub(crate) struct JsonSource {
    question: Question,
    link: Arc<HttpLink>,
}

/// What was found on all pages.
#[derive(Default)]
struct Found {
    items: Vec<Json>,
    /// There were more pages than may be read.
    cut: bool,
}

#[async_trait]
impl Source for JsonSource {
    async fn ask(&self, now: Timestamp, window: Duration) -> Result<Answer, SourceError> {
        let found = self.read_pages().await?;
        match &self.question.jobs {
            Some(fields) => self.jobs(fields, &found, now, window),
            None => self.number(&found, now),
        }
    }

    fn gives_jobs(&self) -> bool {
        self.question.jobs.is_some()
    }
}

impl JsonSource {
    pub fn new(question: Question, link: Arc<HttpLink>) -> Self {
        Self { question, link }
    }

    async fn read_pages(&self) -> Result<Found, SourceError> {
        let mut found = Found::default();
        let mut next = Some(self.link.url(&self.question.path)?);
        let limit = self.question.paging.as_ref().map_or(1, |paging| paging.limit);
        for _ in 0..limit {
            let Some(url) = next else { break };
            let page = self.link.get(url, "application/json").await?.ok()?;
            let at = |fault: String| SourceError::Garbled(format!("{}: {fault}", shown(&page.url)));
            let document: Json = page.json()?;
            found.items.extend(self.items(&document).map_err(at)?.into_iter().cloned());
            if found.items.len() > MOST_ITEMS {
                return Err(at(format!("more than {MOST_ITEMS} values or jobs: narrow the question")));
            }
            next = match &self.question.paging {
                Some(paging) => paging.next(&page.url, &document).map_err(at)?,
                None => None,
            };
        }
        found.cut = next.is_some();
        Ok(found)
    }

    /// What of one document the question is about.
    fn items<'a>(&self, document: &'a Json) -> Result<Vec<&'a Json>, String> {
        let within = match &self.question.list_location {
            Some(location) => the_list(location, document)?,
            None => document,
        };
        let select = match &self.question.jobs {
            Some(fields) => fields.select.as_ref(),
            None => self.question.value_location.as_ref(),
        };
        Ok(match (select, within) {
            (Some(location), within) => location.find(within),
            (None, Json::Array(all)) => all.iter().collect(),
            (None, _) => Vec::new(),
        })
    }

    fn number(&self, found: &Found, now: Timestamp) -> Result<Answer, SourceError> {
        let list_is_there = self.question.list_location.is_some();
        let total = aggregate::total(self.question.aggregate, &found.items, list_is_there)
            .map_err(|fault| self.garbled(self.question.value_location.as_ref(), &fault))?;
        let reading =
            total.map(|total| Reading { partial: total.partial || found.cut, ..Reading::of_target(now, total.value) });
        Ok(Answer::Readings(reading.into_iter().collect()))
    }

    fn jobs(&self, fields: &JobFields, found: &Found, now: Timestamp, window: Duration) -> Result<Answer, SourceError> {
        let jobs = fields
            .jobs(&found.items, now, window)
            .map_err(|fault| self.garbled(self.question.list_location.as_ref(), &fault))?;
        Ok(Answer::Jobs(Jobs { partial: found.cut, ..jobs }))
    }

    fn garbled(&self, location: Option<&Location>, fault: &str) -> SourceError {
        let place = self.link.url(&self.question.path).map(|url| shown(&url)).unwrap_or_default();
        let location = location.map(|location| format!(" at {location}")).unwrap_or_default();
        SourceError::Garbled(format!("{place}{location}: {fault}"))
    }
}

/// The one list at a location. That it is there is what makes an empty one a true zero.
fn the_list<'a>(location: &Location, document: &'a Json) -> Result<&'a Json, String> {
    match location.find(document).as_slice() {
        [list @ Json::Array(_)] => Ok(list),
        [_] => Err(format!("what is at {location} is no list")),
        [] => Err(format!("there is no list at {location}")),
        several => Err(format!("{location} finds {} things, one list was expected", several.len())),
    }
}

//! One MASS server, and what was last seen of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::time::Instant;

use super::desk::{Desk, Look};
use super::instances::Instances;
use super::list::{self, ListPage};
use super::requests::Requests;
use super::systems::Systems;
use super::{Connection, key};
use crate::source::SourceError;
use crate::source::http::{HttpLink, HttpSettings};

/// An open connection to a MASS server.
pub struct MassLink {
    http: HttpLink,
    timeout: Duration,
    per_page: u32,
    systems: Desk<Systems>,
    instances: Desk<Instances>,
    first_requests: Desk<FirstPage>,
    all_requests: Desk<Requests>,
    /// By the id of the analysis system.
    counts: Mutex<BTreeMap<String, Arc<Desk<Option<u64>>>>>,
}

/// The first page of the requests.
pub(super) enum FirstPage {
    /// There are no more.
    All(Requests),
    /// There are more, or the server can't write the page.
    NotAll,
}

/// The answer to `?count`. Servers from before November 2017 answer the list instead.
#[derive(Deserialize)]
struct Counted {
    count: Option<u64>,
    results: Option<IgnoredAny>,
}

impl MassLink {
    pub(crate) fn new(connection: &Connection) -> Self {
        let place = key::place(connection.api_key.as_ref(), key::is_set);
        let advice = key::advice(&place);
        let settings = HttpSettings {
            timeout: connection.timeout.get(),
            headers: crate::source::Headers::default(),
            auth: Some(key::auth(place)),
            tls: connection.tls.clone(),
            address: Some(connection.url.clone()),
            secure: connection.url.is_secure(),
        };
        Self {
            http: HttpLink::new(settings).advising(advice),
            timeout: connection.timeout.get(),
            per_page: connection.per_page,
            systems: Desk::default(),
            instances: Desk::default(),
            first_requests: Desk::default(),
            all_requests: Desk::default(),
            counts: Mutex::default(),
        }
    }

    /// All analysis systems.
    pub(super) async fn systems(&self, since: Instant) -> Result<Look<Systems>, SourceError> {
        let take = async {
            let mut systems = Systems::default();
            list::read(&self.http, self.list("analysis_system")?, |element| systems.enter(element)).await?;
            Ok(systems)
        };
        self.systems.look(since, self.timeout, take).await
    }

    /// All instances of all systems.
    pub(super) async fn instances(&self, since: Instant) -> Result<Look<Instances>, SourceError> {
        let take = async {
            let mut instances = Instances::default();
            list::read(&self.http, self.list("analysis_system_instance")?, |element| instances.enter(element)).await?;
            Ok(instances)
        };
        self.instances.look(since, self.timeout, take).await
    }

    /// All requests, if they fit on a page.
    pub(super) async fn first_requests(&self, since: Instant) -> Result<Look<FirstPage>, SourceError> {
        let take = async {
            let answer = list::get(&self.http, self.list("analysis_request")?).await?;
            // So a server answers that has a request of a deleted analysis system. It can still count.
            if answer.status == StatusCode::INTERNAL_SERVER_ERROR {
                return Ok(FirstPage::NotAll);
            }
            let page = ListPage::of(answer)?;
            if page.next.is_some() {
                return Ok(FirstPage::NotAll);
            }
            let mut requests = Requests::default();
            page.elements.iter().for_each(|element| requests.enter(element));
            Ok(FirstPage::All(requests))
        };
        self.first_requests.look(since, self.timeout, take).await
    }

    /// All requests, however many.
    pub(super) async fn all_requests(&self, since: Instant) -> Result<Look<Requests>, SourceError> {
        let take = async {
            let mut requests = Requests::default();
            list::read(&self.http, self.list("analysis_request")?, |element| requests.enter(element)).await?;
            Ok(requests)
        };
        self.all_requests.look(since, self.timeout, take).await
    }

    /// How many requests there are for the system with this id. `None` from a server that can't count.
    pub(super) async fn counted(&self, id: &str, since: Instant) -> Result<Look<Option<u64>>, SourceError> {
        let desk = self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(id.to_owned()).or_default().clone();
        let take = async {
            let mut url = self.http.url("/analysis_request/")?;
            url.query_pairs_mut().append_key_only("count").append_pair("analysis_system", id);
            let counted: Counted = list::get(&self.http, url).await?.ok()?.json()?;
            if counted.count.is_none() && counted.results.is_none() {
                let text = format!("{} answered neither a count nor a list", self.place("analysis_request"));
                return Err(SourceError::Garbled(text));
            }
            Ok(counted.count)
        };
        desk.look(since, self.timeout, take).await
    }

    /// The URL of a list, for messages.
    pub(super) fn place(&self, name: &str) -> String {
        self.list(name).map(|url| crate::source::address::shown(&url)).unwrap_or_default()
    }

    /// The first page of a list.
    fn list(&self, name: &str) -> Result<Url, SourceError> {
        let mut url = self.http.url(&format!("/{name}/"))?;
        url.query_pairs_mut().append_pair("per_page", &self.per_page.to_string());
        Ok(url)
    }
}

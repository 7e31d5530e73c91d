//! A list of the server, page by page.

use std::collections::BTreeSet;

use reqwest::Url;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::source::SourceError;
use crate::source::address::shown;
use crate::source::http::{HttpLink, Page};

/// More pages than this are not read.
const MOST_PAGES: usize = 1000;

/// More elements than this are not read.
const MOST_ELEMENTS: usize = 100_000;

/// One page of a list.
pub(super) struct ListPage {
    /// What is on it.
    pub elements: Vec<Json>,
    /// The page after it.
    pub next: Option<Url>,
}

/// A page as the server writes it.
#[derive(Deserialize)]
struct Written {
    results: Vec<Json>,
    next: Option<String>,
}

impl ListPage {
    /// From an answer that may be of any status.
    pub fn of(answer: Page) -> Result<Self, SourceError> {
        let answer = answer.ok()?;
        let written: Written = answer.json()?;
        let next = written.next.filter(|next| !next.is_empty());
        Ok(Self { elements: written.results, next: next.map(|next| follow(&answer.url, &next)).transpose()? })
    }
}

/// Reads all pages of a list.
pub(super) async fn read(http: &HttpLink, first: Url, mut each: impl FnMut(&Json)) -> Result<(), SourceError> {
    let (mut seen, mut elements) = (BTreeSet::new(), 0);
    let mut next = Some(first);
    while let Some(url) = next {
        let place = shown(&url);
        let page = ListPage::of(get(http, url.clone()).await?)?;
        elements += page.elements.len();
        page.elements.iter().for_each(&mut each);
        seen.insert(url);
        if elements > MOST_ELEMENTS || seen.len() >= MOST_PAGES {
            let text =
                format!("{place} has more than {MOST_ELEMENTS} elements or {MOST_PAGES} pages: too many to read");
            return Err(SourceError::Garbled(text));
        }
        next = page.next;
        if next.as_ref().is_some_and(|next| seen.contains(next)) {
            let text = format!("{place}: page {} leads back to one before it: the list has no end", seen.len());
            return Err(SourceError::Garbled(text));
        }
    }
    Ok(())
}

/// Gets a page, or whatever is at `url`.
pub(super) async fn get(http: &HttpLink, url: Url) -> Result<Page, SourceError> {
    http.get(url, "application/json").await
}

/// Where `next` leads from `url`. Never to another host: the key would go there.
fn follow(url: &Url, next: &str) -> Result<Url, SourceError> {
    let garbled = |text: String| SourceError::Garbled(format!("{}: {text}", shown(url)));
    let to = url.join(next).map_err(|error| garbled(format!("the next page is no URL: {error}")))?;
    if to.origin() == url.origin() {
        return Ok(to);
    }
    Err(garbled(format!(
        "the next page is on another host ({}), and the key is not sent there: a proxy before MASS must pass on the \
         host and the scheme that it was asked by",
        shown(&to)
    )))
}

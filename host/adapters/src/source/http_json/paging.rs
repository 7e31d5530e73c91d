//! Answers that come in pages.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::location::Location;
use crate::source::address::shown;

/// More pages than this are too many for a tick.
const MOST_PAGES: u32 = 100;

/// How one page leads to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Paging {
    /// Where the next page's URL is, or its token. Nothing, null, false or empty there: it was the last.
    pub next_location: Location,
    /// `next-location` holds a token that goes into this query parameter. Left out: it holds a URL.
    #[serde(default)]
    pub parameter: Option<String>,
    /// Most pages to read, at most 100; the series is partial if there are more. Default 10.
    #[serde(default = "ten")]
    pub limit: u32,
}

fn ten() -> u32 {
    10
}

impl Paging {
    pub(super) fn check(&self) -> Vec<String> {
        let fits = (1..=MOST_PAGES).contains(&self.limit);
        let issue = || format!("paging.limit must lie from 1 to {MOST_PAGES}, not {}", self.limit);
        (!fits).then(issue).into_iter().collect()
    }

    /// The URL of the page after `page`, which was read from `url`. Never one of another host: the
    /// credentials would go there.
    pub(super) fn next(&self, url: &Url, page: &Json) -> Result<Option<Url>, String> {
        let Some(token) = self.token(page)? else { return Ok(None) };
        let next = match &self.parameter {
            Some(parameter) => with_parameter(url, parameter, &token),
            None => url.join(&token).map_err(|error| format!("{} is no URL: {error}", self.next_location))?,
        };
        if next.origin() != url.origin() {
            return Err(format!("the next page is on another host ({}): it is not followed", shown(&next)));
        }
        if next == *url {
            return Err("the next page is the same page again".to_owned());
        }
        Ok(Some(next))
    }

    fn token(&self, page: &Json) -> Result<Option<String>, String> {
        match self.next_location.find_one(page) {
            None | Some(Json::Bool(false)) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(Json::Number(number)) if self.parameter.is_some() => Ok(Some(number.to_string())),
            Some(_) => Err(format!("{} is neither a URL nor a token", self.next_location)),
        }
    }
}

/// `url` with the parameter set to `token`, in place of what it was.
fn with_parameter(url: &Url, parameter: &str, token: &str) -> Url {
    let others: Vec<(String, String)> =
        url.query_pairs().filter(|(key, _)| key != parameter).map(|(key, value)| (key.into(), value.into())).collect();
    let mut next = url.clone();
    next.query_pairs_mut().clear().extend_pairs(others).append_pair(parameter, token);
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn next(paging: &Json, from: &str, page: &Json) -> Result<Option<String>, String> {
        let paging: Paging = serde_json::from_value(paging.clone()).unwrap();
        paging.next(&Url::parse(from).unwrap(), page).map(|url| url.map(String::from))
    }

    #[test]
    fn the_next_page_by_url_or_by_token() {
        let by_url = json!({"next-location": "next"});
        assert_eq!(next(&by_url, "http://h/a?p=1", &json!({"next": "?p=2"})), Ok(Some("http://h/a?p=2".to_owned())));
        assert_eq!(next(&by_url, "http://h/a", &json!({"next": "http://h/b"})), Ok(Some("http://h/b".to_owned())));
        let by_token = json!({"next-location": "cursor", "parameter": "after"});
        let url = "http://h/a?state=all&after=1";
        assert_eq!(next(&by_token, url, &json!({"cursor": 2})), Ok(Some("http://h/a?state=all&after=2".to_owned())));
    }

    #[test]
    fn the_last_page_has_no_next() {
        let paging = json!({"next-location": "next"});
        for page in [json!({}), json!({"next": null}), json!({"next": ""}), json!({"next": false})] {
            assert_eq!(next(&paging, "http://h/a", &page), Ok(None), "{page}");
        }
    }

    #[test]
    fn credentials_stay_with_their_host_and_loops_end() {
        let paging = json!({"next-location": "next"});
        for (to, fault) in [
            ("http://evil/a", "another host"),
            ("//evil/a", "another host"),
            ("https://h/a", "another host"),
            ("http://h:81/a", "another host"),
            ("/a", "the same page"),
        ] {
            let refusal = next(&paging, "http://h/a", &json!({"next": to})).unwrap_err();
            assert!(refusal.contains(fault), "{to}: {refusal}");
        }
        assert!(next(&paging, "http://h/a", &json!({"next": 7})).is_err());
    }
}

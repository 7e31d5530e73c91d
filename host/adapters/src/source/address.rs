//! Where an HTTP source is.

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// An `http://` or `https://` URL without credentials in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Url);

impl Address {
    /// The URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is reached by TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The URL with `suffix` after its path; a query in `suffix` is kept.
    pub(crate) fn with_suffix(&self, suffix: &str) -> Result<Url, String> {
        let base = self.0.as_str().trim_end_matches('/');
        let text = match suffix.chars().next() {
            None => self.0.as_str().to_owned(),
            Some('/' | '?') => format!("{base}{suffix}"),
            Some(_) => format!("{base}/{suffix}"),
        };
        Url::parse(&text).map_err(|error| format!("{text} is no URL: {error}"))
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text)
            .map_err(|error| format!("{text:?} is no URL ({error}); expected one such as \"http://127.0.0.1:9090\""))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("the URL must begin with http:// or https://, not {}://", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL must not hold a user name or password: use auth".to_owned());
        }
        Ok(Self(url))
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0.into()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

/// A URL for messages: without its query, which may hold a key.
pub(crate) fn shown(url: &Url) -> String {
    let text = url.as_str();
    text.split(['?', '#']).next().unwrap_or(text).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_address_says_what_was_expected() {
        let refusal = |text: &str| Address::try_from(text.to_owned()).unwrap_err();
        assert!(refusal("prometheus").contains("such as \"http://127.0.0.1:9090\""));
        assert!(refusal("localhost:9090").contains("must begin with http://"));
        assert_eq!(refusal("http://me:hunter2@host/"), "the URL must not hold a user name or password: use auth");
    }

    #[test]
    fn a_suffix_goes_after_the_path() {
        let address = |text: &str| Address::try_from(text.to_owned()).unwrap();
        let joined = |base: &str, suffix: &str| address(base).with_suffix(suffix).unwrap().to_string();
        assert_eq!(joined("http://h/prom", "/api/v1/query"), "http://h/prom/api/v1/query");
        assert_eq!(joined("http://h/prom/", "api"), "http://h/prom/api");
        assert_eq!(joined("http://h/a?x=1", ""), "http://h/a?x=1");
        assert_eq!(joined("http://h/a", "?x=1"), "http://h/a?x=1");
    }

    #[test]
    fn a_query_is_not_shown() {
        let address = Address::try_from("http://h:1/a?key=hunter2".to_owned()).unwrap();
        assert_eq!(address.to_string(), "http://h:1/a");
    }
}

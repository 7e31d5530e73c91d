//! Plain headers to send with each request.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

/// Headers without secrets, such as `{ X-Scope-OrgID = "team-a" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Headers {
    given: BTreeMap<String, String>,
    map: HeaderMap,
}

impl Headers {
    pub(super) fn map(&self) -> HeaderMap {
        self.map.clone()
    }
}

impl TryFrom<BTreeMap<String, String>> for Headers {
    type Error = String;

    fn try_from(given: BTreeMap<String, String>) -> Result<Self, String> {
        let mut map = HeaderMap::new();
        for (name, value) in &given {
            let key = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("{name:?} can't be the name of a header"))?;
            if ["authorization", "cookie", "proxy-authorization"].contains(&key.as_str()) {
                return Err(format!("header {name:?} holds a secret: use auth, which keeps it out of the config"));
            }
            let value = HeaderValue::from_str(value)
                .map_err(|_| format!("header {name:?} has a character that a header can't hold"))?;
            map.insert(key, value);
        }
        Ok(Self { given, map })
    }
}

impl From<Headers> for BTreeMap<String, String> {
    fn from(headers: Headers) -> Self {
        headers.given
    }
}

//! Where in a document something is: a JSONPath (RFC 9535), or a bare dotted path.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json_path::JsonPath;

/// A place in a JSON document: `$.queues[?@.name == 'mail'].length`, or `queues.0.length`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Location {
    text: String,
    path: Arc<JsonPath>,
}

impl Location {
    /// All that is there, in the order of the document.
    pub fn find<'a>(&self, document: &'a Json) -> Vec<&'a Json> {
        self.path.query(document).all()
    }

    /// The only thing that is there, if there is just one and it is not null.
    pub(super) fn find_one<'a>(&self, document: &'a Json) -> Option<&'a Json> {
        self.path.query(document).exactly_one().ok().filter(|found| !found.is_null())
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.text
    }
}

impl TryFrom<String> for Location {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let full = if text.starts_with('$') { text.clone() } else { from_dotted(&text)? };
        let path = JsonPath::parse(&full).map_err(|error| {
            format!("{text:?} is no JSONPath: {} (at character {})", error.message(), error.position())
        })?;
        Ok(Self { text, path: Arc::new(path) })
    }
}

/// `a.b.0` as JSONPath. A number is an index, every other word a name.
fn from_dotted(text: &str) -> Result<String, String> {
    let segment = |word: &str| match word {
        "" => Err(format!("{text:?} is no path: expected a JSONPath that begins with $, or names with dots between")),
        word if word.bytes().all(|byte| byte.is_ascii_digit()) => Ok(format!("[{word}]")),
        word => Ok(format!("['{}']", word.replace('\\', "\\\\").replace('\'', "\\'"))),
    };
    text.split('.').map(segment).collect::<Result<Vec<_>, _>>().map(|all| format!("${}", all.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(location: &str, document: &Json) -> Vec<Json> {
        Location::try_from(location.to_owned()).unwrap().find(document).into_iter().cloned().collect()
    }

    #[test]
    fn json_paths_and_dotted_paths_find_the_same() {
        let document = json!({"queues": [{"n": 1}, {"n": 2}], "it's": {"a b": 3}});
        assert_eq!(found("queues.1.n", &document), [json!(2)]);
        assert_eq!(found("$.queues[1].n", &document), [json!(2)]);
        assert_eq!(found("it's.a b", &document), [json!(3)]);
        assert_eq!(found("$.queues[?@.n > 1].n", &document), [json!(2)]);
        assert_eq!(found("$.queues[*].n", &document), [json!(1), json!(2)]);
        assert!(found("queues.7.n", &document).is_empty());
    }

    #[test]
    fn a_path_that_is_none_is_refused_with_its_place() {
        let refusal = |text: &str| Location::try_from(text.to_owned()).unwrap_err();
        assert!(refusal("$.a[").contains("is no JSONPath") && refusal("$.a[").contains("character"));
        assert!(refusal("").contains("expected a JSONPath"));
        assert!(refusal("a..b").contains("names with dots between"));
    }
}

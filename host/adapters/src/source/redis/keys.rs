//! What to look at in a Redis: `list-length = "jobs"`, or several keys that are summed.

use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// One key, or several whose numbers are summed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Keys(Vec<String>);

impl Keys {
    /// The keys, at least one.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// A consumer group of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Group {
    /// The stream's key.
    pub stream: String,
    /// The group's name.
    pub consumer_group: String,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key, or a list of different keys to sum up")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Keys, E> {
        Ok(Keys(vec![key.to_owned()]))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Keys, S::Error> {
        let mut keys: Vec<String> = Vec::new();
        while let Some(key) = list.next_element()? {
            if keys.contains(&key) {
                return Err(de::Error::custom(format!("the key {key:?} is listed twice")));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(de::Error::invalid_length(0, &self)) } else { Ok(Keys(keys)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_or_several_different_ones() {
        let read =
            |text: &str| serde_json::from_str::<Keys>(text).map(|keys| keys.0).map_err(|error| error.to_string());
        assert_eq!(read(r#""a""#), Ok(vec!["a".to_owned()]));
        assert_eq!(read(r#"["a", "b"]"#), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert!(read("[]").unwrap_err().contains("a list of different keys"));
        assert!(read(r#"["a", "a"]"#).unwrap_err().contains("listed twice"));
        assert!(read("3").is_err());
    }
}

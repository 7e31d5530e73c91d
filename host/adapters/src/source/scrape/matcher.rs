//! What a label must be: `queue = "mail"` or `queue = { regex = "mail|news" }`.

use std::fmt;

use regex::Regex;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

/// What a label must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Matcher {
    /// Exactly this.
    Exact(String),
    /// Matched whole by this regular expression.
    Regex(Pattern),
}

/// A regular expression that has to match a whole text.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// Compiles it.
    pub fn new(text: &str) -> Result<Self, String> {
        // The text alone first: `a)|(b` would otherwise pass within the anchors.
        let explain = |error: regex::Error| format!("{text:?} is no regular expression: {error}");
        Regex::new(text).map_err(explain)?;
        let regex = Regex::new(&format!("^(?s:{text})$")).map_err(explain)?;
        Ok(Self { text: text.to_owned(), regex })
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Matcher {
    /// Whether `value` is as it must be.
    pub fn matches(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => text == value,
            Self::Regex(pattern) => pattern.regex.is_match(value),
        }
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(text) => serializer.serialize_str(text),
            Self::Regex(pattern) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("regex", &pattern.text)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrRegex)
    }
}

struct TextOrRegex;

impl<'de> Visitor<'de> for TextOrRegex {
    type Value = Matcher;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or { regex = \"...\" }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Matcher, E> {
        Ok(Matcher::Exact(text.to_owned()))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Matcher, M::Error> {
        let mut matcher = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "regex" {
                return Err(de::Error::unknown_field(&key, &["regex"]));
            }
            let text: String = map.next_value()?;
            matcher = Some(Matcher::Regex(Pattern::new(&text).map_err(de::Error::custom)?));
        }
        matcher.ok_or_else(|| de::Error::missing_field("regex"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Matcher, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_regex_matches_whole_values() {
        let matcher = read(r#"{"regex": "mail|news.*"}"#).unwrap();
        for (value, matches) in [("mail", true), ("news-1", true), ("email", false), ("mails", false), ("", false)] {
            assert_eq!(matcher.matches(value), matches, "{value}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for text in ["3", "{}", r#"{"regexp": "a"}"#, r#"{"regex": "a("}"#, r#"{"regex": "a)|(b"}"#] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(r#"{"regex": "a("}"#).unwrap_err().contains("is no regular expression"));
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        for text in [r#""mail""#, r#"{"regex":"a|b"}"#] {
            assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
        }
    }
}

//! Reading a config so that an error points at the key.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::{Failure, Issue};

/// Reads JSON text into a config type.
///
/// The issue carries the JSON Pointer of the value that did not fit. Serde stops at the first; what concerns more
/// than one key belongs into [`Policy::validate`](crate::Policy::validate), which reports all at once.
///
/// Types with `#[serde(untagged)]` or `flatten` lose the way to the value; prefer a `Deserialize` of your own.
pub fn parse<C: DeserializeOwned>(text: &str) -> Result<C, Issue> {
    let mut json = serde_json::Deserializer::from_str(text);
    let config = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.inner();
        Issue { pointer, message: if inner.is_data() { without_position(inner) } else { inner.to_string() } }
    })?;
    json.end().map_err(|error| Issue { pointer: String::new(), message: error.to_string() })?;
    Ok(config)
}

/// An issue at a JSON Pointer, for example `("/rules/0/threshold", "must be finite")`.
pub fn issue(pointer: impl Into<String>, message: impl Into<String>) -> Issue {
    Issue { pointer: pointer.into(), message: message.into() }
}

/// What a config that `prepare` has passed must do when it is read again.
pub(crate) trait Parsed<C> {
    /// The issue as the failure of an evaluation.
    fn into_failure(self) -> Result<C, Failure>;
}

impl<C> Parsed<C> for Result<C, Issue> {
    fn into_failure(self) -> Result<C, Failure> {
        self.map_err(|Issue { pointer, message }| Failure::config(format!("{pointer}: {message}")))
    }
}

/// The line and column of compact JSON help nobody; the pointer does.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    own_words(message.strip_suffix(&position).unwrap_or(&message))
}

/// Serde names every alias among the words that it expected. Whoever mistyped one wants to see our own words,
/// which are in kebab-case; other systems' spellings and signs are taken and not advertised.
fn own_words(message: &str) -> String {
    let Some((found, expected)) = message.split_once(", expected one of ") else { return message.to_owned() };
    let is_own = |word: &&str| word.trim_matches('`').starts_with(|first: char| first.is_ascii_lowercase());
    let words: Vec<&str> = expected.split(", ").filter(is_own).collect();
    if words.is_empty() { message.to_owned() } else { format!("{found}, expected one of {}", words.join(", ")) }
}

/// RFC 6901.
fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Outer {
        rules: Vec<Inner>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "a/b")]
        slashed: u32,
    }

    #[test]
    fn other_systems_words_are_not_advertised() {
        let told =
            own_words("unknown variant `x`, expected one of `>`, `GreaterThan`, `greater-than`, `<`, `less-than`");
        assert_eq!(told, "unknown variant `x`, expected one of `greater-than`, `less-than`");
    }

    fn fault(text: &str) -> (String, String) {
        let issue = parse::<Outer>(text).expect_err(text);
        (issue.pointer, issue.message)
    }

    #[test]
    fn a_good_config_is_read() {
        assert_eq!(parse(r#"{"rules":[{"a/b":1}]}"#), Ok(Outer { rules: vec![Inner { slashed: 1 }] }));
    }

    #[test]
    fn a_wrong_type_is_pointed_at() {
        let (pointer, message) = fault(r#"{"rules":[{"a/b":1},{"a/b":"x"}]}"#);
        assert_eq!(pointer, "/rules/1/a~1b");
        assert_eq!(message, r#"invalid type: string "x", expected u32"#);
    }

    #[test]
    fn a_missing_key_is_pointed_at_from_above() {
        let (pointer, message) = fault(r#"{"rules":[{}]}"#);
        assert_eq!((pointer.as_str(), message.as_str()), ("/rules/0", "missing field `a/b`"));
    }

    #[test]
    fn an_unknown_key_is_pointed_at() {
        let (pointer, message) = fault(r#"{"rules":[{"a/b":1,"typo":2}]}"#);
        assert_eq!(pointer, "/rules/0/typo");
        assert!(message.starts_with("unknown field `typo`"), "{message}");
    }

    #[test]
    fn broken_json_and_trailing_text_keep_their_position() {
        assert!(fault("{").1.contains("line 1 column 1"));
        assert_eq!(fault(r#"{"rules":[]} x"#), (String::new(), "trailing characters at line 1 column 14".to_owned()));
    }
}

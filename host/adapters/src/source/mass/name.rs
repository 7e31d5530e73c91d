//! The name of an analysis system.

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// Shortest and longest name that a MASS server takes, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=50;

/// The `identifier_name` of an analysis system, such as `ssdeep`.
///
/// It may be written as the system's URL, `http://mass.lab/api/analysis_system/ssdeep/`, as the label
/// `com.mass.anal_system` was in 2017. The URL's host says nothing: the source is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SystemName(String);

impl SystemName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SystemName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let name =
            if text.contains("://") { named_by(&text, "analysis_system").ok_or_else(|| no_name(&text))? } else { text };
        let fits = LENGTHS.contains(&name.chars().count()) && !name.contains('/') && !name.contains(char::is_control);
        if fits { Ok(Self(name)) } else { Err(no_name(&name)) }
    }
}

fn no_name(text: &str) -> String {
    format!(
        "{text:?} is no analysis system; expected its identifier_name of 3 to 50 characters, such as \"ssdeep\", or its \
         URL, such as \"http://mass.lab/api/analysis_system/ssdeep/\""
    )
}

impl From<SystemName> for String {
    fn from(name: SystemName) -> Self {
        name.0
    }
}

impl fmt::Display for SystemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `url` names in `collection`: `ssdeep`, if it ends in `analysis_system/ssdeep/`.
///
/// The server writes its own host into each URL, whatever it believes that to be. So only the end counts.
pub(super) fn named_by(url: &str, collection: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        [.., of, name] if *of == collection => decoded(name),
        _ => None,
    }
}

/// The text with each `%41` as the byte it stands for.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(if byte == b'%' { (digit()? * 16 + digit()?) as u8 } else { byte });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_the_url_of_the_seeds_time() {
        for text in [
            "ssdeep",
            "http://mass.lab/api/analysis_system/ssdeep/",
            "https://mass.lab:8000/mass/api/analysis_system/ssdeep",
            "http://h/api/analysis_system/%73sdeep/?x=1",
        ] {
            assert_eq!(SystemName::try_from(text.to_owned()).map(String::from), Ok("ssdeep".to_owned()), "{text}");
        }
        assert_eq!(SystemName::try_from("größe α".to_owned()).map(String::from), Ok("größe α".to_owned()));
    }

    #[test]
    fn what_is_no_name_is_told_with_what_was_expected() {
        for text in ["", "ab", "a/b/c", "a\nb c", "http://h/api/", "http://h/api/sample/ssdeep/", &"x".repeat(51)] {
            let refusal = SystemName::try_from(text.to_owned()).unwrap_err();
            assert!(refusal.contains("expected its identifier_name of 3 to 50 characters"), "{text}: {refusal}");
        }
    }

    #[test]
    fn a_reference_is_read_whatever_its_host() {
        assert_eq!(named_by("http://localhost/api/analysis_system/a%20b/", "analysis_system").as_deref(), Some("a b"));
        assert_eq!(named_by("http://h/api/analysis_system/a%2/", "analysis_system"), None);
        assert_eq!(named_by("/api/analysis_system/a/", "analysis_system"), None);
    }
}

//! A span of time in a config: text such as `"3s"`, never a bare number.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A span of time, written `"3s"`, `"500ms"` or `"1h 30m"`.
///
/// A bare number is refused: nobody can see whether it means seconds or milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub Duration);

impl Span {
    /// So many whole seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The span as std knows it.
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl From<Duration> for Span {
    fn from(span: Duration) -> Self {
        Self(span)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SpanText)
    }
}

struct SpanText;

impl Visitor<'_> for SpanText {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time span in quotes with its unit, such as \"3s\", \"500ms\" or \"1h 30m\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
        humantime::parse_duration(text).map(Span).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Span, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_span_has_a_unit() {
        assert_eq!(read(r#""3s""#), Ok(Span::seconds(3)));
        assert_eq!(read(r#""1m 30s""#), Ok(Span::seconds(90)));
        assert_eq!(read(r#""250ms""#), Ok(Span(Duration::from_millis(250))));
    }

    #[test]
    fn a_bare_number_is_refused_and_told_what_is_expected() {
        for text in ["3", "3.5", r#""3""#, r#""soon""#, r#""-3s""#] {
            let refusal = read(text).unwrap_err();
            assert!(refusal.contains("such as \"3s\""), "{text}: {refusal}");
        }
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        let span = Span::seconds(5400);
        let text = serde_json::to_string(&span).unwrap();
        assert_eq!(text, r#""1h 30m""#);
        assert_eq!(read(&text), Ok(span));
    }
}

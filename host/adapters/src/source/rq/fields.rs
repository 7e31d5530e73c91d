//! Fields of a hash, as `HMGET` gives them.

use redis::Value as Reply;
use scaling_core::units::Timestamp;

/// The fields that were asked for, in that order.
pub(super) struct Fields(Vec<Reply>);

impl Fields {
    pub fn of(reply: Reply) -> Self {
        if let Reply::Array(fields) = reply { Self(fields) } else { Self(Vec::new()) }
    }

    /// The text of one; `None` if it is not there, empty or no text.
    pub fn text(&self, index: usize) -> Option<&str> {
        match self.0.get(index) {
            Some(Reply::BulkString(bytes)) => std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Whether no field is there.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|field| matches!(field, Reply::Nil))
    }
}

/// A moment as RQ writes it: `2023-11-14T22:13:20.250000Z`.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_with_and_without_a_fraction() {
        assert_eq!(moment("2023-11-14T22:13:20.250000Z"), Some(Timestamp(1_700_000_000_250)));
        assert_eq!(moment("2023-11-14T22:13:20Z"), Some(Timestamp(1_700_000_000_000)));
        for text in ["", "soon", "1700000000", "2023-11-14"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_empty_or_no_text_is_not_there() {
        let bulk = |bytes: &[u8]| Reply::BulkString(bytes.to_vec());
        let fields = Fields::of(Reply::Array(vec![bulk(b"a"), bulk(b""), bulk(b"\xff"), Reply::Nil]));
        assert_eq!([0, 1, 2, 3, 4].map(|index| fields.text(index)), [Some("a"), None, None, None, None]);
        assert!(!fields.is_empty() && Fields::of(Reply::Array(vec![Reply::Nil])).is_empty());
    }
}

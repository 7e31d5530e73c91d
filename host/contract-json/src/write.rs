//! Writing: values onto the end of a `String`.

use std::fmt::Write as _;

use serde_json::Number;

/// Appends itself as one JSON value.
pub(crate) trait Encode {
    fn encode(&self, out: &mut String);
}

/// An object being written. Its methods are the rules of a field, by the names that
/// [`record!`](crate::record) gives them; [`Fields`](crate::node::Fields) has the same for reading.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    is_empty: bool,
}

impl<'a> Object<'a> {
    pub fn open(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, is_empty: true }
    }

    /// Always there.
    pub fn need<T: Encode + ?Sized>(&mut self, name: &str, value: &T) {
        self.key(name);
        value.encode(self.out);
    }

    /// Always written, so that a reader needs to know no default; a person may leave it out.
    pub fn usual<T: Encode>(&mut self, name: &str, value: &T, _default: &T) {
        self.need(name, value);
    }

    /// Always written; a person may leave it out and means the observation's `now`.
    pub fn or_now<T: Encode>(&mut self, name: &str, value: &T) {
        self.need(name, value);
    }

    /// Left out when none.
    #[expect(clippy::ref_option, reason = "the table of a record hands every field on by reference")]
    pub fn some<T: Encode>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.need(name, value);
        }
    }

    /// Left out when empty.
    pub fn list<T: Encode>(&mut self, name: &str, values: &[T]) {
        if !values.is_empty() {
            self.need(name, values);
        }
    }

    /// Left out when it is the default.
    pub fn or<T: Encode + PartialEq>(&mut self, name: &str, value: &T, default: &T) {
        if value != default {
            self.need(name, value);
        }
    }

    pub fn close(self) {
        self.out.push('}');
    }

    /// Names are our own and need no escaping.
    fn key(&mut self, name: &str) {
        if !self.is_empty {
            self.out.push(',');
        }
        self.is_empty = false;
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }
}

/// `{"case":payload}`.
pub(crate) fn case<T: Encode + ?Sized>(out: &mut String, name: &str, payload: &T) {
    let mut object = Object::open(out);
    object.need(name, payload);
    object.close();
}

/// Text with no character in it that needs escaping.
pub(crate) fn word(out: &mut String, word: &str) {
    out.push('"');
    out.push_str(word);
    out.push('"');
}

/// Any text.
pub(crate) fn text(out: &mut String, text: &str) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => append(out, format_args!("\\u{control:04x}")),
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}

/// A finite number in the fewest digits that read back as the same bits: 10 rather than 10.0.
pub(crate) fn float(out: &mut String, number: f64) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_negative_zero = number == 0.0 && number.is_sign_negative();
    if number.fract() == 0.0 && number.abs() < EXACT && !is_negative_zero {
        append(out, format_args!("{}", number as i64));
    } else if let Some(number) = Number::from_f64(number) {
        append(out, format_args!("{number}"));
    } else {
        out.push_str("null");
    }
}

/// Writing to a `String` can't fail.
pub(crate) fn append(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::{float, text};

    #[test]
    fn text_reads_back() {
        for original in ["", "plain", "a\"b\\c", "line\nfeed\ttab\r", "\u{0}\u{1f}\u{7f}", "żółw 🐢", "\"", "é\"é"]
        {
            let mut out = String::new();
            text(&mut out, original);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), original);
        }
    }

    #[test]
    fn floats_read_back_as_the_same_bits() {
        let odd =
            [0.0, -0.0, 0.1, 1e-7, 1e300, 5e-324, f64::MAX, f64::MIN, 1.0 / 3.0, 9_007_199_254_740_993.0, 1e15, -12.0];
        for original in odd {
            let mut out = String::new();
            float(&mut out, original);
            let back: f64 = serde_json::from_str(&out).unwrap();
            assert_eq!(back.to_bits(), original.to_bits(), "{out}");
        }
    }

    #[test]
    fn whole_floats_have_no_point() {
        let mut out = String::new();
        float(&mut out, 10.0);
        assert_eq!(out, "10");
    }
}

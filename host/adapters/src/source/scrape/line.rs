//! One sample line of an exposition: `name{label="value",...} number [timestamp] [# exemplar]`.

use std::borrow::Cow;

use crate::source::subject::Labels;

/// One sample line, taken apart. Times are as written: milliseconds in the text format, seconds in
/// OpenMetrics.
#[derive(Debug, PartialEq)]
pub(super) struct Line<'a> {
    pub name: Cow<'a, str>,
    pub labels: Labels,
    pub value: f64,
    pub time: Option<f64>,
}

/// Takes a line apart, or says what was expected instead.
pub(super) fn read(line: &str) -> Result<Line<'_>, String> {
    let mut rest = Rest(line);
    let bare = rest.take_while(is_name_char);
    let mut labels = Labels::new();
    let quoted = if rest.skip("{") { rest.labels(&mut labels)? } else { None };
    let name = match (bare, quoted) {
        ("", Some(name)) => Cow::Owned(name),
        ("", None) => return Err("expected a metric's name".to_owned()),
        (_, Some(_)) => return Err("expected one name of the metric, not two".to_owned()),
        (bare, None) => Cow::Borrowed(bare),
    };
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return Err("expected a metric's name, which does not begin with a digit".to_owned());
    }
    let (value, time) = rest.numbers()?;
    Ok(Line { name, labels, value, time })
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

/// What is left of a line.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !wanted(c)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn blanks(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t']);
    }

    fn skip(&mut self, text: &str) -> bool {
        self.blanks();
        let rest = self.0.strip_prefix(text);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// The labels up to the closing brace; a quoted text that is no label is the metric's name.
    fn labels(&mut self, labels: &mut Labels) -> Result<Option<String>, String> {
        let mut name = None;
        while !self.skip("}") {
            let quoted = self.0.starts_with('"');
            let key = if quoted { self.quoted()? } else { self.take_while(is_name_char).to_owned() };
            if self.skip("=") {
                self.blanks();
                let value = self.quoted()?;
                if key.is_empty() || labels.insert(key.clone(), value).is_some() {
                    return Err(format!("expected each label once and with a name, not {key:?}"));
                }
            } else if quoted && name.is_none() && labels.is_empty() {
                name = Some(key);
            } else {
                return Err("expected = after a label's name".to_owned());
            }
            if !self.skip(",") && !self.0.starts_with('}') {
                return Err("expected , or } after a label".to_owned());
            }
        }
        Ok(name)
    }

    /// A text in quotes, with `\\`, `\"` and `\n` in it.
    fn quoted(&mut self) -> Result<String, String> {
        let inner = self.0.strip_prefix('"').ok_or("expected a value in quotes")?;
        let mut text = String::new();
        let mut chars = inner.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.0 = &inner[at + 1..];
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, c @ ('\\' | '"'))) => text.push(c),
                    // As Prometheus does: what is no escape stands for itself.
                    Some((_, c)) => text.extend(['\\', c]),
                    None => break,
                },
                c => text.push(c),
            }
        }
        Err("expected a closing quote".to_owned())
    }

    /// The value, and the time if there is one. An exemplar after them is not looked at.
    fn numbers(&mut self) -> Result<(f64, Option<f64>), String> {
        let main = match self.0.split_once(" # {") {
            Some((main, _exemplar)) => main,
            None => self.0,
        };
        let mut words = main.split_ascii_whitespace();
        let word = words.next().ok_or("expected a value")?;
        let value = word.parse().map_err(|_| format!("expected a number as value, not {word:?}"))?;
        let time = words.next().map(|word| {
            let time: Option<f64> = word.parse().ok().filter(|time: &f64| time.is_finite());
            time.ok_or_else(|| format!("expected a timestamp, not {word:?}"))
        });
        match words.next() {
            None => Ok((value, time.transpose()?)),
            Some(word) => Err(format!("expected the end of the line, not {word:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// A line, and its name, labels, value and time.
    type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], f64, Option<f64>);

    #[test]
    fn well_formed_lines() {
        let cases: [Case; 13] = [
            ("up 1", "up", &[], 1.0, None),
            ("up\t1", "up", &[], 1.0, None),
            ("a:b_c{} -1.5e3 1700000000000", "a:b_c", &[], -1500.0, Some(1.7e12)),
            ("m{a=\"x\"} 2", "m", &[("a", "x")], 2.0, None),
            ("m{a=\"x\",b=\"y\",} 2", "m", &[("a", "x"), ("b", "y")], 2.0, None),
            ("m { a = \"x\" , b = \"y\" } 2", "m", &[("a", "x"), ("b", "y")], 2.0, None),
            ("m{a=\"}, b=\\\"c\\\" # {\"} 2", "m", &[("a", "}, b=\"c\" # {")], 2.0, None),
            ("m{a=\"1\\n2\\\\3\\d\"} 2", "m", &[("a", "1\n2\\3\\d")], 2.0, None),
            ("m{a=\"\"} 2", "m", &[("a", "")], 2.0, None),
            ("m_bucket{le=\"+Inf\"} 7 # {trace=\"x y\"} 0.5 1.7", "m_bucket", &[("le", "+Inf")], 7.0, None),
            ("m_total 7 1.5 # {} 0.5", "m_total", &[], 7.0, Some(1.5)),
            ("{\"my.metric\",a=\"x\"} 2", "my.metric", &[("a", "x")], 2.0, None),
            ("m{\"my.label\"=\"x\"} 2", "m", &[("my.label", "x")], 2.0, None),
        ];
        for (text, name, pairs, value, time) in cases {
            let expected = Line { name: name.into(), labels: labels(pairs), value, time };
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn special_numbers() {
        assert!(read("m NaN").unwrap().value.is_nan());
        assert_eq!(read("m +Inf").unwrap().value, f64::INFINITY);
        assert_eq!(read("m -Inf").unwrap().value, f64::NEG_INFINITY);
    }

    #[test]
    fn malformed_lines_say_what_was_expected() {
        for (text, expected) in [
            ("<html>", "expected a metric's name"),
            ("{} 1", "expected a metric's name"),
            ("1up 2", "does not begin with a digit"),
            ("up", "expected a value"),
            ("up down", "expected a number as value, not \"down\""),
            ("up 1 soon", "expected a timestamp"),
            ("up 1 2 3", "expected the end of the line"),
            ("m{a=\"x\" 1", "expected , or }"),
            ("m{a=\"x} 1", "expected a closing quote"),
            ("m{a=x} 1", "expected a value in quotes"),
            ("m{a} 1", "expected = after a label's name"),
            ("m{a=\"x\",a=\"y\"} 1", "expected each label once"),
            ("m{=\"x\"} 1", "expected each label once and with a name"),
            ("m{\"n\",a=\"x\"} 1", "one name of the metric, not two"),
            ("m{a=\"x\"}", "expected a value"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}

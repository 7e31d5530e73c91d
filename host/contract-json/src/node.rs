//! Reading: a value that knows where it stands, so that an error can say so.

use std::time::Duration;

use scaling_core::units::Timestamp;
use serde_json::{Map, Value};

use crate::error::DecodeError;
use crate::nearest::nearest;

/// Reads itself from one JSON value.
pub(crate) trait Decode: Sized {
    fn decode(node: &Node<'_>) -> Result<Self, DecodeError>;
}

/// The way to a value, from the outermost in.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn pointer(&self) -> String {
        match self {
            Path::Root => String::new(),
            Path::Key(parent, key) => {
                format!("{}/{}", parent.pointer(), key.replace('~', "~0").replace('/', "~1"))
            }
            Path::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// The time of an observation, which short forms inside it refer to.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    pub now: Timestamp,
    pub interval: Duration,
}

/// A value, its place, and the time of the observation around it if there is one.
pub(crate) struct Node<'a> {
    pub value: &'a Value,
    pub moment: Option<Moment>,
    path: Path<'a>,
}

impl<'a> Node<'a> {
    pub fn root(value: &'a Value) -> Self {
        Self { value, moment: None, path: Path::Root }
    }

    /// The same value, at that time.
    pub fn at(&self, moment: Moment) -> Node<'a> {
        Node { value: self.value, moment: Some(moment), path: self.path }
    }

    /// An error here.
    pub fn error(&self, message: impl Into<String>) -> DecodeError {
        DecodeError { pointer: self.path.pointer(), message: message.into() }
    }

    /// An error that says what this value should have been.
    pub fn expected(&self, what: &str) -> DecodeError {
        self.error(format!("expected {what}, found {}", brief(self.value)))
    }

    pub fn text(&self) -> Result<&'a str, DecodeError> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    /// Each element, read.
    pub fn elements<T>(
        &self,
        mut read: impl FnMut(&Node<'_>) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let elements = self.value.as_array().ok_or_else(|| self.expected("a list"))?;
        let of_element =
            |(index, value)| read(&Node { value, moment: self.moment, path: Path::Index(&self.path, index) });
        elements.iter().enumerate().map(of_element).collect()
    }

    /// The fields of an object, whatever they are.
    pub fn any_fields(&self) -> Result<Fields<'_>, DecodeError> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        Ok(Fields { node: self, object })
    }

    /// The fields of an object that may have these and no others.
    pub fn fields(&self, known: &[&str]) -> Result<Fields<'_>, DecodeError> {
        let fields = self.any_fields()?;
        match fields.object.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(fields.unknown(key, known)),
            None => Ok(fields),
        }
    }

    /// The case of a variant and its payload: `{"case": payload}`.
    pub fn case<T>(
        &self,
        known: &[&str],
        read: impl FnOnce(&str, &Node<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let wanted = || self.expected(&format!("an object with one of {}", listed(known)));
        let object = self.value.as_object().filter(|object| object.len() == 1).ok_or_else(wanted)?;
        let (case, value) = object.iter().next().ok_or_else(wanted)?;
        if !known.contains(&case.as_str()) {
            return Err(self.any_fields()?.unknown(case, known));
        }
        read(case, &Node { value, moment: self.moment, path: Path::Key(&self.path, case) })
    }
}

/// The fields of an object. Its methods are the rules of a field, as in [`Object`](crate::write::Object).
pub(crate) struct Fields<'n> {
    node: &'n Node<'n>,
    object: &'n Map<String, Value>,
}

impl<'n> Fields<'n> {
    /// The field, if it is there and not null.
    pub fn get(&self, name: &'n str) -> Option<Node<'n>> {
        let value = self.object.get(name).filter(|value| !value.is_null())?;
        Some(Node { value, moment: self.node.moment, path: Path::Key(&self.node.path, name) })
    }

    /// It must be there.
    pub fn need<T: Decode>(&self, name: &'n str) -> Result<T, DecodeError> {
        self.some(name)?.ok_or_else(|| self.node.error(format!("`{name}` is missing")))
    }

    /// Absent means the default.
    pub fn or<T: Decode + Clone>(&self, name: &'n str, default: &T) -> Result<T, DecodeError> {
        Ok(self.some(name)?.unwrap_or_else(|| default.clone()))
    }

    /// Absent means the default.
    pub fn usual<T: Decode + Clone>(&self, name: &'n str, default: &T) -> Result<T, DecodeError> {
        self.or(name, default)
    }

    /// Absent means the time of the observation.
    pub fn or_now(&self, name: &'n str) -> Result<Timestamp, DecodeError> {
        match self.node.moment {
            Some(moment) => self.or(name, &moment.now),
            None => self.need(name),
        }
    }

    /// Absent means none.
    pub fn some<T: Decode>(&self, name: &'n str) -> Result<Option<T>, DecodeError> {
        self.get(name).map(|node| T::decode(&node)).transpose()
    }

    /// Absent means empty.
    pub fn list<T: Decode>(&self, name: &'n str) -> Result<Vec<T>, DecodeError> {
        Ok(self.some(name)?.unwrap_or_default())
    }

    fn unknown(&self, key: &str, known: &[&str]) -> DecodeError {
        let node = Node { value: self.node.value, moment: None, path: Path::Key(&self.node.path, key) };
        match nearest(key, known) {
            Some(near) => node.error(format!("`{key}` is not known here; did you mean `{near}`?")),
            None => node.error(format!("`{key}` is not known here; expected {}", listed(known))),
        }
    }
}

/// "`a`, `b` or `c`".
pub(crate) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// What was found, in a few characters.
fn brief(value: &Value) -> String {
    const LONGEST: usize = 40;
    match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(object) => {
            let keys: Vec<&str> = object.keys().map(String::as_str).take(4).collect();
            if keys.is_empty() { "an empty object".to_owned() } else { format!("an object with {}", keys.join(", ")) }
        }
        Value::String(text) if text.chars().count() > LONGEST => {
            format!("{:?}", text.chars().take(LONGEST).chain(std::iter::once('…')).collect::<String>())
        }
        scalar => scalar.to_string(),
    }
}

//! What a client asks: one verb, and the units it is for.

use serde_json::Value;

use crate::answer::Refusal;
use crate::template::Template;

/// More than any machine has, and few enough for one command line.
const MOST_UNITS: usize = 1000;
/// Of a bad name, this much is repeated.
const SHOWN: usize = 80;

/// One request.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Have these started at boot.
    Enable(Vec<String>),
    /// No longer.
    Disable(Vec<String>),
}

/// Reads a request, with or without its line break.
pub fn parse(line: &[u8]) -> Result<Request, Refusal> {
    let value = serde_json::from_slice(line).map_err(|error| Refusal::new(format!("not a request: {error}")))?;
    read(&value).ok_or_else(|| {
        Refusal::new(r#"not a request; expected {"enable":["NAME@1.service"]} or {"disable":["NAME@1.service"]}"#)
    })
}

/// One key, which is the verb, and a list of strings.
fn read(value: &Value) -> Option<Request> {
    let [(verb, units)] = <[_; 1]>::try_from(value.as_object()?.iter().collect::<Vec<_>>()).ok()?;
    let units = units.as_array()?.iter().map(|unit| Some(unit.as_str()?.to_owned())).collect::<Option<_>>()?;
    match verb.as_str() {
        "enable" => Some(Request::Enable(units)),
        "disable" => Some(Request::Disable(units)),
        _ => None,
    }
}

impl Request {
    /// The verb of systemctl.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Enable(_) => "enable",
            Self::Disable(_) => "disable",
        }
    }

    /// The units.
    pub fn units(&self) -> &[String] {
        let (Self::Enable(units) | Self::Disable(units)) = self;
        units
    }

    /// Whether all of it may be done.
    pub fn check(&self, allowed: &[Template]) -> Result<(), Refusal> {
        match self.units().len() {
            0 => return Err(Refusal::new("no unit is named")),
            count if count > MOST_UNITS => {
                return Err(Refusal::new(format!("{count} units are named; at most {MOST_UNITS} are taken at once")));
            }
            _ => (),
        }
        match self.units().iter().find(|unit| !allowed.iter().any(|template| template.has(unit))) {
            None => Ok(()),
            Some(unit) => {
                let shown: String = unit.escape_debug().take(SHOWN).collect();
                Err(Refusal::new(format!("{shown} is no numbered instance of a template in the allow file")))
            }
        }
    }

    /// As the journal shows it. Safe to print once it is checked.
    pub fn in_one_line(&self) -> String {
        format!("{} {}", self.verb(), self.units().join(" "))
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;

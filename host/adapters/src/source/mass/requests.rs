//! `analysis_request/`: what is requested and not yet given to an instance.

use std::collections::{BTreeMap, BTreeSet};

use scaling_core::units::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

use super::count::{Count, Garbled};
use super::name::named_by;

/// Requests, told apart by their analysis system. Those of a system that was deleted lie with its name
/// and concern nobody.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// When each may be scheduled.
    of: BTreeMap<String, Vec<Due>>,
    /// One may come twice if others were added between two pages.
    seen: BTreeSet<String>,
    garbled: Garbled,
}

/// When a request may be given to an instance.
#[derive(Debug, PartialEq)]
enum Due {
    From(Timestamp),
    Always,
    Unknown,
}

#[derive(Deserialize)]
struct Written {
    id: String,
    #[serde(default)]
    schedule_after: Json,
}

impl Requests {
    pub fn enter(&mut self, element: &Json) {
        let system = element["analysis_system"].as_str().and_then(|url| named_by(url, "analysis_system"));
        match (Written::deserialize(element), system) {
            (Ok(it), Some(system)) => {
                if self.seen.insert(it.id) {
                    self.of.entry(system).or_default().push(Due::read(&it.schedule_after));
                }
            }
            (_, system) => self.garbled.note(system),
        }
    }

    /// All requests for a system, as the original counts them.
    pub fn all(&self, system: &str) -> Count {
        let number = self.requests(system).count() as u64;
        Count { number, partial: self.garbled.concern(system) }
    }

    /// Those that may be scheduled now. One of which that can't be read is left out.
    pub fn due(&self, system: &str, now: Timestamp) -> Count {
        let is_due = |due: &&Due| matches!(due, Due::Always) || matches!(due, Due::From(from) if *from <= now);
        let number = self.requests(system).filter(is_due).count() as u64;
        let unknown = self.requests(system).any(|due| *due == Due::Unknown);
        Count { number, partial: unknown || self.garbled.concern(system) }
    }

    fn requests(&self, system: &str) -> impl Iterator<Item = &Due> {
        self.of.get(system).into_iter().flatten()
    }
}

impl Due {
    fn read(written: &Json) -> Self {
        match written {
            Json::Null => Self::Always,
            Json::String(text) => moment(text).map_or(Self::Unknown, Self::From),
            _ => Self::Unknown,
        }
    }
}

/// RFC 3339, or the same without an offset: MASS means UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let without_offset =
        || Some(text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    let moment: jiff::Timestamp = text.parse().ok().or_else(without_offset)?;
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn requests(due: &[Json]) -> Requests {
        let mut requests = Requests::default();
        for (n, due) in due.iter().enumerate() {
            let system = "http://localhost:5000/api/analysis_system/strings/";
            requests.enter(&json!({"id": n.to_string(), "analysis_system": system, "schedule_after": due}));
        }
        requests
    }

    #[test]
    fn moments_with_and_without_an_offset() {
        for text in
            ["2016-11-26T14:38:24+00:00", "2016-11-26T14:38:24", "2016-11-26T15:38:24+01:00", "2016-11-26 14:38:24"]
        {
            assert_eq!(moment(text), Some(Timestamp(1_480_171_104_000)), "{text}");
        }
        assert_eq!(moment("soon"), None);
    }

    #[test]
    fn a_request_is_due_from_its_moment_on() {
        let requests = requests(&[json!("2016-11-26T14:38:24+00:00"), json!(null)]);
        let due = |at: u64| requests.due("strings", Timestamp(at)).number;
        assert_eq!((due(1_480_171_103_999), due(1_480_171_104_000)), (1, 2));
        assert_eq!(requests.all("strings"), Count { number: 2, partial: false });
    }

    #[test]
    fn a_moment_that_cannot_be_read_matters_only_if_it_is_asked_for() {
        let requests = requests(&[json!("soon"), json!(7), json!(null)]);
        assert_eq!(requests.due("strings", Timestamp(0)), Count { number: 1, partial: true });
        assert_eq!(requests.all("strings"), Count { number: 3, partial: false });
        assert_eq!(requests.due("ssdeep", Timestamp(0)), Count::default());
    }
}

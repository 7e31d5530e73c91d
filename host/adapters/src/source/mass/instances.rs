//! `analysis_system_instance/`: who analyses, and what was given to them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value as Json;

use super::count::{Count, Garbled};
use super::name::named_by;

/// All instances.
#[derive(Debug, Default)]
pub(super) struct Instances {
    of: BTreeMap<String, Vec<Instance>>,
    /// One may come twice if others were added or removed between two pages.
    seen: BTreeSet<String>,
    garbled: Garbled,
}

#[derive(Debug)]
struct Instance {
    online: bool,
    scheduled: u64,
}

#[derive(Deserialize)]
struct Written {
    uuid: String,
    is_online: bool,
    scheduled_analyses_count: u64,
}

impl Instances {
    pub fn enter(&mut self, element: &Json) {
        let system = element["analysis_system"].as_str().and_then(|url| named_by(url, "analysis_system"));
        match (Written::deserialize(element), system) {
            (Ok(it), Some(system)) => {
                if self.seen.insert(it.uuid) {
                    let instance = Instance { online: it.is_online, scheduled: it.scheduled_analyses_count };
                    self.of.entry(system).or_default().push(instance);
                }
            }
            (_, system) => self.garbled.note(system),
        }
    }

    /// Instances of a system.
    pub fn all(&self, system: &str) -> Count {
        self.sum(system, |_| 1)
    }

    /// Those that are online.
    pub fn online(&self, system: &str) -> Count {
        self.sum(system, |instance| u64::from(instance.online))
    }

    /// Analyses that were given to those. What an instance has that is gone, nobody works on.
    pub fn scheduled(&self, system: &str) -> Count {
        self.sum(system, |instance| if instance.online { instance.scheduled } else { 0 })
    }

    fn sum(&self, system: &str, number: impl Fn(&Instance) -> u64) -> Count {
        let number = self.of.get(system).into_iter().flatten().map(number).fold(0, u64::saturating_add);
        Count { number, partial: self.garbled.concern(system) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn instance(uuid: &str, system: &str, online: &Json, scheduled: &Json) -> Json {
        json!({"uuid": uuid, "analysis_system": format!("http://h/api/analysis_system/{system}/"),
               "is_online": online, "scheduled_analyses_count": scheduled})
    }

    #[test]
    fn one_that_came_twice_counts_once() {
        let mut instances = Instances::default();
        for uuid in ["a", "b", "a"] {
            instances.enter(&instance(uuid, "ssdeep", &json!(true), &json!(2)));
        }
        assert_eq!(instances.scheduled("ssdeep"), Count { number: 4, partial: false });
    }

    #[test]
    fn a_garbled_one_concerns_whose_it_is_or_all_if_that_is_not_legible() {
        let mut instances = Instances::default();
        for (online, scheduled) in [(json!("yes"), json!(1)), (json!(true), json!(null)), (json!(true), json!(-1))] {
            instances.enter(&instance("a", "ssdeep", &online, &scheduled));
        }
        assert_eq!((instances.all("ssdeep").partial, instances.all("strings").partial), (true, false));
        instances.enter(&json!({"uuid": "b", "is_online": true, "scheduled_analyses_count": 1}));
        assert!(instances.all("strings").partial);
    }
}

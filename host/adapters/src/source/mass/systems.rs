//! `analysis_system/`: which analysis systems there are.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

/// Most names that a message lists.
const MOST_LISTED: usize = 20;

/// All analysis systems.
#[derive(Debug, Default)]
pub(super) struct Systems {
    by_name: BTreeMap<String, System>,
    garbled: u64,
}

/// An analysis system.
#[derive(Debug, Deserialize)]
pub(super) struct System {
    identifier_name: String,
    /// In the database.
    pub id: Option<String>,
}

impl Systems {
    pub fn enter(&mut self, element: &Json) {
        match System::deserialize(element) {
            Ok(system) => drop(self.by_name.insert(system.identifier_name.clone(), system)),
            Err(_) => self.garbled += 1,
        }
    }

    /// The system of this name.
    pub fn find(&self, name: &str) -> Option<&System> {
        self.by_name.get(name)
    }

    /// Whether one may be there under a name that can't be read.
    pub fn is_partial(&self) -> bool {
        self.garbled > 0
    }

    /// Which there are, for people.
    pub fn listed(&self) -> String {
        let mut names: Vec<String> = self.by_name.keys().take(MOST_LISTED).cloned().collect();
        if self.by_name.len() > MOST_LISTED {
            names.push(format!("{} more", self.by_name.len() - MOST_LISTED));
        }
        if self.garbled > 0 {
            names.push(format!("{} that can't be read", self.garbled));
        }
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_lists_what_there_is() {
        let mut systems = Systems::default();
        assert_eq!(systems.listed(), "none");
        for n in 10..32 {
            systems.enter(&json!({"identifier_name": format!("system-{n}"), "id": "5835b97fa7a7f10843133196"}));
        }
        systems.enter(&json!({"id": "5835b97fa7a7f10843133197"}));
        let listed = systems.listed();
        assert!(listed.starts_with("system-10, system-11,"), "{listed}");
        assert!(listed.ends_with("system-29, 2 more, 1 that can't be read"), "{listed}");
    }
}

//! The placeholders of a replica, and the variables that tell it the same.

use std::path::{Path, PathBuf};

use scaling_core::units::{ReplicaId, TargetName};

/// What is particular to one replica.
///
/// `{target}`, `{replica}`, `{slot}`, `{port}` and `{runtime-dir}` stand for it in texts; any other text in
/// braces stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Of which target.
    pub target: TargetName,
    /// Its name.
    pub replica: ReplicaId,
    /// A small number from 1, unique among those that are there; the lowest that was free.
    pub slot: u32,
    /// The port of its slot, if ports are given.
    pub port: Option<u16>,
    /// A directory of its own, empty at every start.
    pub runtime_dir: PathBuf,
}

impl Words {
    /// `text` with the placeholders filled in.
    pub fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (placeholder, word) in self.placeholders() {
            if filled.contains(placeholder) {
                filled = filled.replace(placeholder, &word);
            }
        }
        filled
    }

    /// `path` with the placeholders filled in.
    pub fn fill_path(&self, path: &str) -> PathBuf {
        PathBuf::from(self.fill(path))
    }

    /// The variables `TRIMTAB_*`, without the nonce of the start.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("TRIMTAB_TARGET", self.target.to_string()),
            ("TRIMTAB_REPLICA", self.replica.to_string()),
            ("TRIMTAB_SLOT", self.slot.to_string()),
            ("TRIMTAB_RUNTIME_DIR", text(&self.runtime_dir)),
        ];
        variables.extend(self.port.map(|port| ("TRIMTAB_PORT", port.to_string())));
        variables
    }

    /// Target and replica first: their names can't hold a brace that a later round would take for a placeholder.
    fn placeholders(&self) -> Vec<(&'static str, String)> {
        let mut placeholders = vec![
            ("{target}", self.target.to_string()),
            ("{replica}", self.replica.to_string()),
            ("{slot}", self.slot.to_string()),
            ("{runtime-dir}", text(&self.runtime_dir)),
        ];
        placeholders.extend(self.port.map(|port| ("{port}", port.to_string())));
        placeholders
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words {
            target: "mail".into(),
            replica: "mail-7".into(),
            slot: 2,
            port: Some(9101),
            runtime_dir: "/run/mail/mail-7".into(),
        }
    }

    #[test]
    fn known_placeholders_are_filled_and_others_stay() {
        let filled = words().fill("{target} {replica} {slot} {port} {runtime-dir} {print} ${HOME} {");
        assert_eq!(filled, "mail mail-7 2 9101 /run/mail/mail-7 {print} ${HOME} {");
    }

    #[test]
    fn without_ports_the_placeholder_stays() {
        let words = Words { port: None, ..words() };
        assert_eq!(words.fill(":{port}"), ":{port}");
        assert!(!words.variables().iter().any(|(name, _)| *name == "TRIMTAB_PORT"));
    }
}

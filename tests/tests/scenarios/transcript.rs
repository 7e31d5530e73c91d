//! What a scenario wrote, line by line, against what it should write.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use scaling_core::controller::{Decided, told};
use scaling_core::observation::{Observation, ReplicaState};
use trimtab::board::TargetView;

/// Lines so far.
pub struct Transcript {
    lines: String,
    /// Texts that differ from run to run, and what stands for them.
    replaced: Vec<(String, &'static str)>,
}

impl Transcript {
    /// That begins with what it is about.
    pub fn about(about: &str, replaced: Vec<(String, &'static str)>) -> Self {
        let lines = about.lines().fold(String::new(), |lines, line| lines + "# " + line.trim() + "\n");
        Self { lines: lines + "\n", replaced }
    }

    /// Something that the script did.
    pub fn note(&mut self, time: Duration, what: &str) {
        self.line(time, &format!("-- {what}"));
    }

    /// A tick.
    pub fn tick(&mut self, time: Duration, target: &str, view: &TargetView) {
        let observation = view.observation.as_deref();
        let have = observation.map_or(0, |seen: &Observation| {
            seen.replicas.iter().filter(|replica| replica.state != ReplicaState::Draining).count()
        });
        let mut said: Vec<String> = Vec::new();
        match (&view.blind, &view.decided) {
            (Some(why), _) => said.push(format!("backend: {why}")),
            (None, Some(decided)) => said.push(told(&decided.reasons)),
            (None, None) => {}
        }
        said.extend(view.source_errors.iter().map(|(name, error)| format!("{name}: {error}")));
        let decided = view.decided.as_ref().filter(|_| view.blind.is_none());
        self.line(time, &format!("{target} {have}{}  {}", size(decided), said.join(" | ")));
    }

    fn line(&mut self, time: Duration, text: &str) {
        let replaced = self.replaced.iter().fold(text.to_owned(), |text, (it, by)| text.replace(it, by));
        let _ = writeln!(self.lines, "{:>5.1}s  {replaced}", time.as_secs_f64());
    }

    /// Is that which the file holds, or becomes it if `UPDATE_GOLDEN=1`.
    pub fn compare(&self, golden: &Path) {
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(golden, &self.lines).unwrap();
            return;
        }
        let wanted = fs::read_to_string(golden).unwrap_or_default();
        let differing = self.lines.lines().zip(wanted.lines()).find(|(ours, theirs)| ours != theirs);
        let (ours, theirs) = differing.unwrap_or(("", ""));
        assert!(
            self.lines == wanted,
            "not as in {}.\n  first line that differs: {ours}\n  expected:                {theirs}\n\
             UPDATE_GOLDEN=1 writes it anew. All of it:\n{}",
            golden.display(),
            self.lines
        );
    }
}

/// ` -> 5` if that is wanted and another number was before.
fn size(decided: Option<&Decided>) -> String {
    match decided {
        Some(decided) if decided.before != decided.desired => format!(" of {} -> {}", decided.before, decided.desired),
        Some(decided) => format!(" of {}", decided.desired),
        None => String::new(),
    }
}

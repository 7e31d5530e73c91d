//! The changes that Trimtab told of, and what it gave as reasons.

use std::collections::BTreeSet;

use serde_json::Value;

use super::stage::Stage;

/// One change of size.
#[derive(Debug)]
pub struct Change {
    pub from: u64,
    pub to: u64,
    pub reasons: Vec<Reason>,
}

/// One step of it.
#[derive(Debug)]
pub struct Reason {
    pub kind: String,
    pub from: u64,
    pub to: u64,
    pub message: String,
}

/// All events of a target, oldest first.
pub fn events(stage: &Stage, target: &str) -> Vec<Value> {
    let told = stage.trimtab(&["events", target, "--json"]);
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The changes among them.
pub fn changes(events: &[Value]) -> Vec<Change> {
    let decisions = events.iter().filter(|event| event["kind"] == "decision").map(|event| &event["body"]);
    decisions.map(Change::of).filter(|change| change.from != change.to).collect()
}

impl Change {
    fn of(decided: &Value) -> Self {
        let number = |value: &Value| value.as_u64().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let reason = |it: &Value| Reason {
            kind: text(&it["kind"]),
            from: number(&it["from"]),
            to: number(&it["to"]),
            message: text(&it["message"]),
        };
        let reasons = decided["reasons"].as_array().unwrap().iter().map(reason).collect();
        Self { from: number(&decided["before"]), to: number(&decided["desired"]), reasons }
    }

    /// The lines of `trimtab explain` that tell of it.
    pub fn lines(&self) -> Vec<String> {
        let line = |it: &Reason| format!("  {} -> {}  {}: {}", it.from, it.to, it.kind, it.message);
        self.reasons.iter().map(line).collect()
    }

    /// Each step begins where the last one ended, from the old size to the new one.
    pub fn assert_unbroken(&self) {
        let end = self.reasons.iter().fold(self.from, |at, reason| {
            assert_eq!(reason.from, at, "{self:?}");
            reason.to
        });
        assert_eq!(end, self.to, "{self:?}");
        assert_eq!(self.reasons[0].kind, "PolicyChange", "{self:?}");
    }
}

/// What `trimtab explain` said over time.
#[derive(Default)]
pub struct Explained(BTreeSet<String>);

impl Explained {
    /// Asks once more.
    pub fn look(&mut self, stage: &Stage, target: &str) {
        self.0.insert(stage.trimtab(&["explain", target]));
    }

    /// Whether it said at some time why this change was made.
    pub fn tells(&self, change: &Change) -> bool {
        let head = format!(": {} -> {}", change.from, change.to);
        let has = |text: &String| text.contains(&head) && change.lines().iter().all(|line| text.contains(line));
        self.0.iter().any(has)
    }
}

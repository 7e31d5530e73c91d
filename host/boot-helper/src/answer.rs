//! What a client is told.

use serde_json::{Value, json};

/// Nothing was done, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(String);

impl Refusal {
    /// Nothing was done because of `why`.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// What became of one unit.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub unit: String,
    /// Why what was asked has not been done; none if it has.
    pub error: Option<String>,
}

impl Outcome {
    /// Done.
    pub fn done(unit: &str) -> Self {
        Self { unit: unit.to_owned(), error: None }
    }

    /// Not done.
    pub fn failed(unit: &str, error: &str) -> Self {
        Self { unit: unit.to_owned(), error: Some(error.to_owned()) }
    }
}

/// The one answer to the one request.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// For each unit, in the order in which they were named.
    Results(Vec<Outcome>),
    /// Nothing was done.
    Refused(Refusal),
}

impl Answer {
    /// As it is sent, with its line break.
    pub fn line(&self) -> Vec<u8> {
        let told = match self {
            Self::Refused(Refusal(why)) => json!({ "refused": why }),
            Self::Results(outcomes) => json!({ "results": outcomes.iter().map(told).collect::<Vec<_>>() }),
        };
        format!("{told}\n").into_bytes()
    }

    /// As the journal shows it.
    pub fn in_one_line(&self) -> String {
        match self {
            Self::Refused(Refusal(why)) => format!("refused: {why}"),
            Self::Results(outcomes) => {
                let failed = outcomes.iter().filter_map(|outcome| Some((&outcome.unit, outcome.error.as_ref()?)));
                let failed: Vec<_> = failed.map(|(unit, error)| format!("; {unit} failed: {error}")).collect();
                format!("{} done{}", outcomes.len() - failed.len(), failed.concat())
            }
        }
    }
}

fn told(outcome: &Outcome) -> Value {
    match &outcome.error {
        None => json!({ "unit": outcome.unit, "ok": true }),
        Some(error) => json!({ "unit": outcome.unit, "ok": false, "error": error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_lines_of_json() {
        let results = Answer::Results(vec![Outcome::done("a@1.service"), Outcome::failed("a@2.service", "no")]);
        let told = r#"{"results":[{"ok":true,"unit":"a@1.service"},{"error":"no","ok":false,"unit":"a@2.service"}]}"#;
        assert_eq!(results.line(), format!("{told}\n").into_bytes());
        assert_eq!(results.in_one_line(), "1 done; a@2.service failed: no");
        assert_eq!(Answer::Refused(Refusal::new("no")).line(), b"{\"refused\":\"no\"}\n");
    }
}

//! Events: what the journal keeps beside the ticks, and what `trimtab events` shows.

use contract_json::encode;
use scaling_core::controller::Decided;
use scaling_core::intent::Settled;
use scaling_core::observation::Outcome;
use scaling_core::orders::Orders;
use scaling_core::status::News;
use scaling_core::units::Timestamp;

use crate::journal::NewEvent;

/// An event on its way into the journal.
pub struct Event {
    target: Option<String>,
    at: Timestamp,
    kind: &'static str,
    body: String,
}

impl Event {
    /// Something decided that changes something.
    pub fn decision(target: &str, decided: &Decided) -> Self {
        let mut body = String::new();
        encode::decided(decided, &mut body);
        Self { target: Some(target.to_owned()), at: decided.now, kind: "decision", body }
    }

    /// What the operator asks of a target from now on.
    pub fn orders(target: &str, at: Timestamp, orders: &Orders) -> Self {
        let mut body = String::new();
        encode::orders(orders, &mut body);
        Self { target: Some(target.to_owned()), at, kind: "orders", body }
    }

    /// Something that happened to the host, or to a target as a whole.
    pub fn said(target: Option<&str>, at: Timestamp, kind: &'static str, message: &str) -> Self {
        let mut body = String::from("{\"message\":");
        encode::text(message, &mut body);
        body.push('}');
        Self { target: target.map(str::to_owned), at, kind, body }
    }

    /// As the journal takes it.
    pub fn into_new(self) -> NewEvent {
        let target = self.target.map(scaling_core::units::TargetName);
        NewEvent { at: self.at, target, kind: self.kind.to_owned(), body: self.body }
    }
}

/// How an intent ended.
pub fn outcome_event(target: &str, settled: &Settled) -> NewEvent {
    let mut body = String::new();
    encode::settled(settled, &mut body);
    Event { target: Some(target.to_owned()), at: settled.at, kind: "outcome", body }.into_new()
}

/// What a backend told.
pub fn news_event(target: &str, news: &News) -> NewEvent {
    let mut body = String::from("{");
    if let Some(replica) = &news.replica {
        body.push_str("\"replica\":");
        encode::text(replica.as_str(), &mut body);
        body.push(',');
    }
    body.push_str("\"message\":");
    encode::text(&news.message, &mut body);
    body.push('}');
    Event { target: Some(target.to_owned()), at: news.at, kind: news.kind.label(), body }.into_new()
}

/// One word for an outcome.
pub fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "pending",
        Outcome::Succeeded => "succeeded",
        Outcome::Partial => "partial",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "cancelled",
        Outcome::Refused => "refused",
        Outcome::Other => "other",
    }
}

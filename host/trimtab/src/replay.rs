//! Replay: every tick of a journal evaluated again, from the journal alone.
//!
//! What a policy saw, its config, its prior state and the component itself are all in the journal; so the
//! verdict must come out the same, byte for byte, and so must the fuel.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use contract_json::{decode, encode};
use policy_runtime::{Call, Evaluated, LoadError, Policy, Runtime};
use scaling_core::failure::FailureKind;
use scaling_core::units::TargetName;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::journal::{Digest, JournalError, Reader, Span};

/// What came of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Ticks read.
    pub ticks: u64,
    /// Evaluations that came to the same again.
    pub equal: u64,
    /// Calls that need not come to the same: the policy was not called, or failed in a way that depends on
    /// the machine.
    pub passed_over: u64,
    /// Evaluations that did not come to the same.
    pub differences: Vec<Difference>,
}

/// An evaluation that came to something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of which target.
    pub target: TargetName,
    /// In which tick.
    pub tick: u64,
    /// In which slot.
    pub slot: String,
    /// What the journal says.
    pub recorded: Outcome,
    /// What came of it now.
    pub replayed: Outcome,
}

/// What came of one call, in the journal's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Canonical JSON of the verdict or the failure.
    pub answer: String,
    /// Fuel used.
    pub fuel: u64,
}

/// Why a journal can't be replayed.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// It can't be read.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// A tick is not what a tick should be.
    #[error("tick {tick} of `{target}` can't be understood: {detail}")]
    Tick {
        /// Whose.
        target: TargetName,
        /// Which.
        tick: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// A component that was loaded then is refused now.
    #[error("the component {digest} is refused: {error}")]
    Component {
        /// Which.
        digest: Digest,
        /// Why.
        error: LoadError,
    },
}

/// Evaluates again every tick of a target in `span`. Blocks.
pub fn replay(reader: &Reader, runtime: &Runtime, target: &TargetName, span: Span) -> Result<Replay, ReplayError> {
    let mut shelf = Shelf { reader, runtime, policies: HashMap::new(), configs: HashMap::new() };
    let mut replay = Replay::default();
    for tick in reader.ticks(target, span)? {
        let tick = tick?;
        let bad = |detail: String| ReplayError::Tick { target: target.clone(), tick: tick.tick, detail };
        let document: Tick<'_> = serde_json::from_slice(&tick.document).map_err(|error| bad(error.to_string()))?;
        replay.ticks += 1;
        for (slot, call) in &document.slots {
            let Some(recorded) = call.reproducible().map_err(bad)? else {
                replay.passed_over += 1;
                continue;
            };
            let policy = shelf.policy(call.policy).map_err(|trouble| trouble.in_tick(bad))?;
            let asked = shelf.call(&document, call).map_err(|trouble| trouble.in_tick(bad))?;
            let replayed = outcome(&policy.evaluate_blocking(&asked));
            if recorded == replayed {
                replay.equal += 1;
            } else {
                let (target, slot) = (target.clone(), (*slot).to_owned());
                replay.differences.push(Difference { target, tick: tick.tick, slot, recorded, replayed });
            }
        }
    }
    Ok(replay)
}

/// The part of a tick's document that a replay reads.
#[derive(Deserialize)]
struct Tick<'d> {
    #[serde(borrow)]
    observation: &'d RawValue,
    #[serde(borrow)]
    slots: BTreeMap<&'d str, Slot<'d>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Slot<'d> {
    policy: Option<&'d str>,
    config: Option<&'d str>,
    #[serde(borrow)]
    prior: Option<&'d RawValue>,
    #[serde(borrow)]
    verdict: Option<&'d RawValue>,
    #[serde(borrow)]
    failure: Option<&'d RawValue>,
    fuel: Option<u64>,
}

impl Slot<'_> {
    /// What was recorded, if it has to come out the same.
    fn reproducible(&self) -> Result<Option<Outcome>, String> {
        let Some(fuel) = self.fuel else { return Ok(None) };
        if let Some(verdict) = self.verdict {
            return Ok(Some(Outcome { answer: verdict.get().to_owned(), fuel }));
        }
        let Some(failure) = self.failure else { return Ok(None) };
        let kind = decode::failure(&parsed(failure)?).map_err(|error| error.to_string())?.kind;
        let answer = failure.get().to_owned();
        Ok(FailureKind::is_reproducible(kind).then_some(Outcome { answer, fuel }))
    }
}

fn parsed(raw: &RawValue) -> Result<serde_json::Value, String> {
    serde_json::from_str(raw.get()).map_err(|error| error.to_string())
}

fn outcome(evaluated: &Evaluated) -> Outcome {
    let mut answer = String::new();
    match &evaluated.outcome {
        Ok(verdict) => encode::verdict(verdict, &mut answer),
        Err(failure) => encode::failure(failure, &mut answer),
    }
    Outcome { answer, fuel: evaluated.fuel }
}

/// What ticks refer to, each fetched once.
struct Shelf<'r> {
    reader: &'r Reader,
    runtime: &'r Runtime,
    policies: HashMap<Digest, Policy>,
    configs: HashMap<Digest, Arc<str>>,
}

/// Trouble that may be the tick's, or not.
enum Trouble {
    Tick(String),
    Other(ReplayError),
}

impl Trouble {
    fn in_tick(self, tick: impl FnOnce(String) -> ReplayError) -> ReplayError {
        match self {
            Self::Tick(detail) => tick(detail),
            Self::Other(error) => error,
        }
    }
}

impl Shelf<'_> {
    fn policy(&mut self, named: Option<&str>) -> Result<Policy, Trouble> {
        let digest = digest("policy", named)?;
        if let Some(policy) = self.policies.get(&digest) {
            return Ok(policy.clone());
        }
        let bytes = self.body("component", digest)?;
        let loaded = self.runtime.load(&bytes);
        let policy = loaded.map_err(|error| Trouble::Other(ReplayError::Component { digest, error }))?;
        self.policies.insert(digest, policy.clone());
        Ok(policy)
    }

    fn call(&mut self, tick: &Tick<'_>, slot: &Slot<'_>) -> Result<Call, Trouble> {
        let observation = parsed(tick.observation).and_then(|it| decode::observation(&it).map_err(|e| e.to_string()));
        let prior = slot.prior.map(|raw| parsed(raw).and_then(|it| decode::state(&it).map_err(|e| e.to_string())));
        Ok(Call {
            observation: Arc::new(observation.map_err(Trouble::Tick)?),
            config: self.config(slot.config)?,
            prior: prior.transpose().map_err(Trouble::Tick)?,
        })
    }

    fn config(&mut self, named: Option<&str>) -> Result<Arc<str>, Trouble> {
        let digest = digest("config", named)?;
        if let Some(config) = self.configs.get(&digest) {
            return Ok(config.clone());
        }
        let body = String::from_utf8(self.body("config", digest)?);
        let config: Arc<str> = body.map_err(|error| Trouble::Tick(format!("config {digest}: {error}")))?.into();
        self.configs.insert(digest, config.clone());
        Ok(config)
    }

    fn body(&self, what: &str, digest: Digest) -> Result<Vec<u8>, Trouble> {
        let found = self.reader.document(digest).map_err(|error| Trouble::Other(error.into()))?;
        let lacks = || Trouble::Tick(format!("the journal lacks the {what} {digest}"));
        found.map(|document| document.body).ok_or_else(lacks)
    }
}

fn digest(what: &str, named: Option<&str>) -> Result<Digest, Trouble> {
    let digest = named.and_then(Digest::parse);
    digest.ok_or_else(|| Trouble::Tick(format!("expected the digest of its {what}, found {named:?}")))
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, tick, slot, recorded, replayed } = self;
        writeln!(f, "tick {tick} of `{target}`, slot `{slot}`:")?;
        writeln!(f, "  recorded {} ({} fuel)", recorded.answer, recorded.fuel)?;
        write!(f, "  replayed {} ({} fuel)", replayed.answer, replayed.fuel)
    }
}

//! From the trait to the functions of the contract.

use serde::{Deserialize, Serialize};
use trimtab_policy_sdk::prelude::*;
use trimtab_policy_sdk::{Package, RawState, StateChange, export};

struct Counting;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    until: u32,
}

#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
struct Ticks {
    seen: u32,
}

impl StateLayout for Ticks {
    const LAYOUT: &'static str = "test.counting/2";
    const MIGRATES_FROM: &'static [&'static str] = &["test.counting/1"];

    fn migrate(layout: &str, bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let seen = bytes.first().ok_or_else(|| Failure::state(format!("{layout} has no byte")))?;
        Ok(Some(Self { seen: (*seen).into() }))
    }
}

impl Policy for Counting {
    type Config = Config;
    type State = Ticks;
    const SIGNALS: &'static [&'static str] = &["seen"];

    fn inputs(_: &Config) -> Vec<Input> {
        vec![Input::of_target("load").reaching(5_000).required()]
    }

    fn validate(config: &Config) -> Vec<Issue> {
        let too_long = trimtab_policy_sdk::config::issue("/until", "expected at most 100");
        if config.until > 100 { vec![too_long] } else { vec![] }
    }

    fn evaluate(config: &Config, _: &Observation, prior: Option<Ticks>) -> Answer<Ticks> {
        let seen = (prior.unwrap_or_default().seen + 1).min(config.until);
        Ok(Verdict::hold("counting").remember(Ticks { seen }).signal("seen", f64::from(seen)))
    }
}

trimtab_policy_sdk::export_policy!(Counting);

fn layout_one(bytes: &[u8]) -> RawState {
    RawState { layout: "test.counting/1".to_owned(), data: bytes.to_vec() }
}

#[test]
fn the_descriptor_says_what_the_trait_says() {
    let package = Package { name: "counting", version: "1.2.3", summary: "Counts." };
    let descriptor = export::describe::<Counting>(&package);
    assert_eq!((descriptor.name.as_str(), descriptor.version.as_str()), ("counting", "1.2.3"));
    assert_eq!(
        (descriptor.state_layout.as_str(), descriptor.migrates_from),
        ("test.counting/2", vec!["test.counting/1".to_owned()])
    );
    assert_eq!(descriptor.signals, ["seen"]);
    assert!(descriptor.config_schema.is_some_and(|schema| schema.contains("until")));
}

#[test]
fn validation_comes_after_reading() {
    let pointer = |config: &str| export::prepare::<Counting>(config).map_err(|issues| issues[0].pointer.clone());
    assert_eq!(pointer(r#"{"until":101}"#), Err("/until".to_owned()));
    assert_eq!(pointer(r#"{"until":-1}"#), Err("/until".to_owned()));
    assert_eq!(pointer(r#"{"until":2}"#).map(|inputs| inputs.len()), Ok(1));
}

#[test]
fn a_state_that_is_as_before_is_kept() {
    let mut policy = Rehearsal::of::<Counting>(r#"{"until":2}"#).unwrap();
    let mut next = || policy.tick(ObservationBuilder::new()).unwrap();
    assert!(matches!(next().state, StateChange::Set(_)));
    assert!(matches!(next().state, StateChange::Set(_)));
    let third = next();
    assert_eq!(third.state, StateChange::Keep);
    assert_eq!((third.signals[0].name.as_str(), third.signals[0].value), ("seen", 2.0));
}

#[test]
fn an_older_state_is_migrated() {
    let state = export::migrate::<Counting>(layout_one(&[7])).unwrap().unwrap();
    assert_eq!((state.layout.as_str(), state.data.as_slice()), ("test.counting/2", br#"{"seen":7}"#.as_slice()));
    assert_eq!(export::migrate::<Counting>(state.clone()), Ok(Some(state)));
    assert_eq!(export::migrate::<Counting>(layout_one(&[])).unwrap_err().kind, FailureKind::State);
}

#[test]
fn what_cannot_be_read_is_a_failure_of_its_kind() {
    let seen = ObservationBuilder::new().build();
    let kind = |config, state| export::evaluate::<Counting>(&seen, config, state).expect_err("a failure").kind;
    assert_eq!(kind("{}", None), FailureKind::Config);
    assert_eq!(kind(r#"{"until":2}"#, Some(layout_one(&[7]))), FailureKind::State);
    let broken = RawState { layout: "test.counting/2".to_owned(), data: b"{".to_vec() };
    assert_eq!(kind(r#"{"until":2}"#, Some(broken)), FailureKind::State);
}

//! QoS rules: add and remove workers when an indicator crosses its thresholds.

use trimtab_policy_sdk::bindings::exports::trimtab::policy::policy::{
    Descriptor, Failure, Guest, Input, Issue, Observation, State, Verdict,
};
use trimtab_policy_sdk::bindings::trimtab::policy::types::{Decision, Stance, StateChange};

struct QosRules;

impl Guest for QosRules {
    fn describe() -> Descriptor {
        Descriptor {
            name: "trimtab/qos-rules".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: env!("CARGO_PKG_DESCRIPTION").into(),
            config_schema: None,
            state_layout: "trimtab.qos-rules/1".into(),
            migrates_from: vec![],
            signals: vec![],
            attributes: vec![],
        }
    }
    fn prepare(_config: String) -> Result<Vec<Input>, Vec<Issue>> {
        Ok(vec![])
    }
    fn evaluate(_observation: Observation, _config: String, _prior: Option<State>) -> Result<Verdict, Failure> {
        Ok(Verdict {
            decision: Decision::Hold(Stance::Abstain),
            shortfall: 0,
            reason: "not written yet".into(),
            state: StateChange::Keep,
            signals: vec![],
            again_in: None,
            attributes: vec![],
        })
    }
    fn migrate(_config: String, _old: State) -> Result<Option<State>, Failure> {
        Ok(None)
    }
}

trimtab_policy_sdk::bindings::export_bindings!(QosRules);

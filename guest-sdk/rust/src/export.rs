//! From a [`Policy`] to the functions of the contract. Called by [`export_policy!`](crate::export_policy).

use crate::config::{self, Parsed};
use crate::state::{decode, encode};
use crate::{Descriptor, Failure, Input, Issue, NextState, Observation, Package, Policy, RawState, RawVerdict};
use crate::{StateChange, StateLayout, schema};

/// Exports a [`Policy`] as the component's one policy.
///
/// Use it once per crate, and give the crate the type `cdylib`:
///
/// ```toml
/// [lib]
/// crate-type = ["cdylib"]
/// ```
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        const _: () = {
            use $crate::bindings::exports::trimtab::policy::policy as contract;

            struct Component;

            const PACKAGE: $crate::Package = $crate::Package {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                summary: env!("CARGO_PKG_DESCRIPTION"),
            };

            impl contract::Guest for Component {
                fn describe() -> contract::Descriptor {
                    $crate::export::describe::<$policy>(&PACKAGE)
                }

                fn prepare(config: String) -> Result<Vec<contract::Input>, Vec<contract::Issue>> {
                    $crate::export::prepare::<$policy>(&config)
                }

                fn evaluate(
                    observation: contract::Observation,
                    config: String,
                    prior: Option<contract::State>,
                ) -> Result<contract::Verdict, contract::Failure> {
                    $crate::export::evaluate::<$policy>(&observation, &config, prior)
                }

                fn migrate(
                    _config: String,
                    old: contract::State,
                ) -> Result<Option<contract::State>, contract::Failure> {
                    $crate::export::migrate::<$policy>(old)
                }
            }

            $crate::bindings::export_bindings!(Component);
        };
    };
}

/// The contract's `describe`.
pub fn describe<P: Policy>(package: &Package) -> Descriptor {
    Descriptor {
        name: if P::NAME.is_empty() { package.name } else { P::NAME }.to_owned(),
        version: package.version.to_owned(),
        summary: package.summary.to_owned(),
        config_schema: schema::of::<P::Config>(),
        state_layout: P::State::LAYOUT.to_owned(),
        migrates_from: P::State::MIGRATES_FROM.iter().map(|&layout| layout.to_owned()).collect(),
        signals: P::SIGNALS.iter().map(|&name| name.to_owned()).collect(),
        attributes: Vec::new(),
    }
}

/// The contract's `prepare`: reads the config, validates it, and asks for the inputs.
pub fn prepare<P: Policy>(config: &str) -> Result<Vec<Input>, Vec<Issue>> {
    let config: P::Config = config::parse(config).map_err(|issue| vec![issue])?;
    let issues = P::validate(&config);
    if issues.is_empty() { Ok(P::inputs(&config)) } else { Err(issues) }
}

/// The contract's `evaluate`: state that came out as it went in is kept, not stored again.
pub fn evaluate<P: Policy>(
    observation: &Observation,
    config: &str,
    prior: Option<RawState>,
) -> Result<RawVerdict, Failure> {
    let config: P::Config = config::parse(config).into_failure()?;
    let state = prior.as_ref().map(decode::<P::State>).transpose()?;
    let verdict = P::evaluate(&config, observation, state)?;
    Ok(RawVerdict {
        decision: verdict.decision,
        shortfall: verdict.shortfall,
        reason: verdict.reason,
        state: change(verdict.state, prior)?,
        signals: verdict.signals,
        again_in: verdict.again_in,
        attributes: verdict.attributes,
    })
}

fn change<S: StateLayout>(next: NextState<S>, prior: Option<RawState>) -> Result<StateChange, Failure> {
    Ok(match (next, prior) {
        (NextState::Keep, _) | (NextState::Forget, None) => StateChange::Keep,
        (NextState::Forget, Some(_)) => StateChange::Clear,
        (NextState::Remember(state), prior) => {
            let state = encode(&state)?;
            if prior.as_ref() == Some(&state) { StateChange::Keep } else { StateChange::Set(state) }
        }
    })
}

/// The contract's `migrate`: hands the old bytes to [`StateLayout::migrate`].
pub fn migrate<P: Policy>(old: RawState) -> Result<Option<RawState>, Failure> {
    if old.layout == P::State::LAYOUT {
        return Ok(Some(old));
    }
    P::State::migrate(&old.layout, &old.data)?.as_ref().map(encode).transpose()
}

//! Which contract a component speaks.

use crate::error::LoadError;

/// The interface that makes a component a policy.
const POLICY: &str = "trimtab:policy/policy";

/// Versions of the contract that this host knows: a track each, that is every 0.1.z.
const CONTRACT: &str = "0.1";

/// Accepts a component that exports the policy interface in a known version.
pub(super) fn check(exports: &[String]) -> Result<(), LoadError> {
    let mut spoken = exports.iter().filter(|name| name.split('@').next() == Some(POLICY)).peekable();
    let Some(first) = spoken.peek().map(ToString::to_string) else {
        return Err(LoadError::NoPolicy { found: names(exports) });
    };
    if spoken.any(|name| is_on_track(name.split_once('@').map_or("", |(_, version)| version), CONTRACT)) {
        return Ok(());
    }
    Err(LoadError::ContractVersion { found: first, known: "trimtab:policy/policy@0.1.x" })
}

/// Whether `version` is a release `track`.z. A pre-release is on no track but its own.
pub(super) fn is_on_track(version: &str, track: &str) -> bool {
    version
        .strip_prefix(track)
        .and_then(|rest| rest.strip_prefix('.'))
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

fn names(exports: &[String]) -> String {
    match exports {
        [] => "nothing".to_owned(),
        some => some.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", "),
    }
}

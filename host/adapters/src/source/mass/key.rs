//! Where the key is kept, and how to say so without saying the key.

use crate::secret::SecretRef;
use crate::source::http::Auth;

/// Environment variables that hold the key if the config names no place: the one that MASS's autoscaler
/// reads, and the one that its documentation names.
const VARIABLES: [&str; 2] = ["MASS_API_KEY", "API_KEY"];

/// The word before the key in the header `Authorization`.
const SCHEME: &str = "APIKEY";

/// Where the key is: where the config says, else in the first variable that is set.
pub(super) fn place(given: Option<&SecretRef>, is_set: impl Fn(&str) -> bool) -> SecretRef {
    let variable = VARIABLES.into_iter().find(|name| is_set(name)).unwrap_or(VARIABLES[0]);
    given.cloned().unwrap_or_else(|| SecretRef::Env(variable.to_owned()))
}

/// Whether there is something in an environment variable.
pub(super) fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// What is wrong with it, as far as can be seen without asking the server.
pub(super) fn check(given: Option<&SecretRef>) -> Vec<String> {
    if given.is_none() && !VARIABLES.into_iter().any(is_set) {
        let text = "there is no key: set the environment variable MASS_API_KEY (or API_KEY), or name a file by api-key \
                    = { file = \"...\" }";
        return vec![text.to_owned()];
    }
    auth(place(given, is_set)).check().into_iter().map(|issue| issue.replacen("auth:", "api-key:", 1)).collect()
}

/// The header.
pub(super) fn auth(place: SecretRef) -> Auth {
    Auth::authorization(SCHEME, place)
}

/// What to do when the server refuses the key.
pub(super) fn advice(place: &SecretRef) -> String {
    let place = match place {
        SecretRef::File(path) => format!("file {}", path.display()),
        SecretRef::Env(name) => format!("environment variable {name}"),
        SecretRef::Credential(name) => format!("credential {name}"),
    };
    format!("check the key in {place}, and on the server whether it has expired")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_names_the_place_or_the_environment_has_it() {
        let file = SecretRef::File("/etc/key".into());
        let env = |name: &str| SecretRef::Env(name.to_owned());
        assert_eq!(place(Some(&file), |_| true), file);
        assert_eq!(place(None, |_| true), env("MASS_API_KEY"), "as in the original it wins");
        assert_eq!(place(None, |name| name == "API_KEY"), env("API_KEY"));
        assert_eq!(place(None, |_| false), env("MASS_API_KEY"));
    }

    #[test]
    fn advice_names_the_place() {
        for (place, named) in [
            (SecretRef::File("/etc/key".into()), "the key in file /etc/key,"),
            (SecretRef::Env("API_KEY".to_owned()), "the key in environment variable API_KEY,"),
            (SecretRef::Credential("mass".to_owned()), "the key in credential mass,"),
        ] {
            assert!(advice(&place).contains(named), "{place:?}");
        }
    }
}

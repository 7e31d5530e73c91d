//! Which interfaces a component may import: each is allowed by name.

use crate::error::LoadError;
use crate::sandbox::OFFERED;

const RUN_PURE: &str = "Leave out the code that needs it, or build without it: Rust does not import it unless std::net is used; \
     JavaScript: componentize-js with disableFeatures (jco: --disable all); Python: componentize-py with --stub-wasi; \
     TinyGo: -target=wasip2 without net";
const NO_HTTP: &str = "Leave out the code that needs it, or build without it: JavaScript: componentize-js with disableFeatures: ['http', 'fetch-event'] \
     (jco: --disable http); Python: componentize-py with --stub-wasi. What the policy has to know comes to it as a series of a source";

/// Known interfaces that give access to the world.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("wasi:sockets/", "the network", RUN_PURE),
    ("wasi:http/", "the network", NO_HTTP),
    ("wasi:keyvalue/", "a store", "Keep what has to survive in the state of the verdict"),
    ("wasi:config/", "the host's configuration", "Take it from the policy's config"),
    ("wasi:messaging/", "a message broker", "What the policy has to know comes to it as a series of a source"),
    ("wasi:nn/", "an accelerator", "Compute in the policy"),
    ("wasi:threads/", "threads", "Build the component without threads"),
];

/// Refuses the first import that the host does not offer.
pub(super) fn check(imports: &[String]) -> Result<(), LoadError> {
    imports.iter().try_for_each(|import| check_one(import))
}

fn check_one(import: &str) -> Result<(), LoadError> {
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    if let Some((_, reaches, mend)) = FORBIDDEN.iter().find(|(prefix, ..)| name.starts_with(prefix)) {
        return Err(LoadError::ForbiddenImport { name: import.to_owned(), reaches, mend });
    }
    let Some((_, track)) = OFFERED.iter().find(|(offered, _)| *offered == name) else {
        return Err(LoadError::UnknownImport { name: import.to_owned(), offered: offered() });
    };
    if !super::exports::is_on_track(version, track) {
        return Err(LoadError::ImportVersion { name: import.to_owned(), offered: track });
    }
    Ok(())
}

fn offered() -> String {
    let wasi = OFFERED.iter().map(|(name, _)| *name).filter(|name| name.starts_with("wasi:"));
    wasi.collect::<Vec<_>>().join(", ")
}

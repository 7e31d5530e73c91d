//! `trimtab check`: everything that is wrong with a config and its policies, with file and line.

use std::path::Path;

use scaling_core::observation::Input;

use super::client::complain;
use crate::cli::ConfigArg;
use crate::config::document::Document;
use crate::config::problem::{Problem, Severity};
use crate::config::tables::BackendTable;
use crate::config::{self, Config, TargetConfig};
use crate::exit::Exit;
use crate::house::{self, Given};
use crate::indicators;
use crate::policies::{Policies, PolicyError};

/// Prints all problems; the exit code tells of what kind the worst is.
pub async fn run(args: &ConfigArg) -> Exit {
    let file = &args.config;
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return complain(Exit::NotThere, &format!("{} can't be read: {error}", file.display())),
    };
    let loaded = config::read(file, &text);
    let mut problems = loaded.problems;
    let mut bad_component = false;
    if let Some(config) = &loaded.draft {
        let (found, bad) = check_policies(file, &text, config).await;
        problems.extend(found);
        if !has_errors(&problems) {
            problems.extend(check_units(file, &text, config).await);
        }
        bad_component = bad;
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    let warned = count(warnings, "warning");
    if errors == 0 {
        let targets = loaded.config.map_or(0, |config| config.targets.len());
        println!("{}: fine: {}, {warned}", file.display(), count(targets, "target"));
        return Exit::Ok;
    }
    eprintln!("{}: {}, {warned}", file.display(), count(errors, "error"));
    if bad_component { Exit::BadData } else { Exit::BadConfig }
}

fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

/// Asks systemd about the units of the targets.
async fn check_units(file: &Path, text: &str, config: &Config) -> Vec<Problem> {
    let mut document = Document::parse(file, text);
    for (name, target) in &config.targets {
        let BackendTable::Systemd(systemd) = &target.backend else { continue };
        for (key, message) in systemd.check_on_this_machine().await {
            let path: Vec<&str> = ["target", name, "backend", "systemd"].into_iter().chain(key.split('.')).collect();
            document.warning(&path, message);
        }
    }
    document.into_problems()
}

/// Loads every policy and has it look at its config. True if a component itself is bad.
async fn check_policies(file: &Path, text: &str, config: &Config) -> (Vec<Problem>, bool) {
    let mut document = Document::parse(file, text);
    let mut bad = false;
    let scratch = match scratch() {
        Ok(scratch) => scratch,
        Err(error) => {
            document.error(&[], format!("can't check the policies: no temporary directory: {error}"));
            return (document.into_problems(), false);
        }
    };
    let mut host = config.host.clone();
    host.state_dir.clone_from(&scratch);
    match house::runtime(&host, Given::usual().compiler) {
        Ok(runtime) => {
            let policies = Policies::new(runtime);
            for (name, target) in &config.targets {
                bad |= check_policy(&mut document, &policies, name, target).await;
            }
        }
        Err(error) => document.error(&["host"], format!("can't check the policies: {error}")),
    }
    let _ = std::fs::remove_dir_all(scratch);
    (document.into_problems(), bad)
}

/// A check leaves the state directory alone: it may belong to another user.
fn scratch() -> std::io::Result<std::path::PathBuf> {
    let path = std::env::temp_dir().join(format!("trimtab-check-{}", std::process::id()));
    std::fs::create_dir(&path)?;
    Ok(path)
}

async fn check_policy(document: &mut Document<'_>, policies: &Policies, name: &str, target: &TargetConfig) -> bool {
    let at_component = ["target", name, "policy", "component"];
    match policies.ready(&target.policy, None).await {
        Ok(ready) => {
            check_inputs(document, name, target, &ready.inputs);
            false
        }
        Err(PolicyError::Config { issues, .. }) => {
            for issue in issues {
                let parts: Vec<String> = issue.pointer.split('/').skip(1).map(unescape).collect();
                let path: Vec<&str> =
                    ["target", name, "policy", "config"].into_iter().chain(parts.iter().map(String::as_str)).collect();
                document.error(&path, issue.message);
            }
            false
        }
        // Told already, when the config was read.
        Err(PolicyError::Unknown(_)) => false,
        Err(error) => {
            document.error(&at_component, error.to_string());
            true
        }
    }
}

fn check_inputs(document: &mut Document<'_>, name: &str, target: &TargetConfig, inputs: &[Input]) {
    for message in inputs.iter().filter_map(|input| indicators::unanswerable(target, input)) {
        document.error(&["target", name, "policy"], message);
    }
    let asked = |indicator: &str| {
        inputs.iter().any(|input| {
            input.name == indicator
                || input.name.starts_with(&format!("{indicator}.jobs."))
                || (indicator == "jobs" && input.name.starts_with("jobs."))
        })
    };
    for indicator in target.indicators.keys().filter(|indicator| !asked(indicator)) {
        document.warning(&["target", name, "indicator", indicator], "the policy does not ask for this indicator");
    }
}

/// `1 error`, `2 errors`.
fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// One part of a JSON Pointer.
fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

//! `[target.T.backend.KIND]`, against this machine, the sources and the other targets.

use std::collections::BTreeMap;

use super::TargetConfig;
use super::document::Document;
use super::problem::listed;
use super::tables::{BackendTable, SourceTable};

pub(super) fn read(
    document: &mut Document<'_>,
    target: &str,
    table: Option<BackendTable>,
    sources: &BTreeMap<String, SourceTable>,
) -> Option<BackendTable> {
    let path = ["target", target, "backend"];
    let Some(table) = table else {
        if !document.has(&path) {
            document.error(&path, "missing: where replicas run, such as [target.NAME.backend.process]");
        }
        return None;
    };
    let findings = match &table {
        BackendTable::Process(process) => process.check(),
        BackendTable::Systemd(systemd) => systemd.check(),
        BackendTable::Memory(_) => Vec::new(),
    };
    for (key, message) in findings {
        let path: Vec<&str> = ["target", target, "backend", table.kind()].into_iter().chain(key.split('.')).collect();
        document.error(&path, message);
    }
    check_source(document, target, &table, sources);
    Some(table)
}

/// The source of jobs in hand must be a Redis that is there.
fn check_source(
    document: &mut Document<'_>,
    target: &str,
    table: &BackendTable,
    sources: &BTreeMap<String, SourceTable>,
) {
    let Some(source) = table.source() else { return };
    let path = ["target", target, "backend", table.kind(), "jobs"];
    match sources.get(source) {
        Some(SourceTable::Redis(_)) => {}
        Some(other) => {
            let message =
                format!("source `{source}` is of kind {}, and jobs in hand are read from a redis", other.kind());
            document.error(&path, message);
        }
        // A source with an error of its own has been told of already.
        None if document.has(&["source", source]) => {}
        None => {
            let known = listed(sources.keys());
            document.error(&path, format!("there is no [source.{source}.redis]; there are: {known}"));
        }
    }
}

/// Two targets that size the same instances would undo each other's work for ever.
pub(super) fn refuse_doubles(document: &mut Document<'_>, targets: &BTreeMap<String, TargetConfig>) {
    let mut owners = BTreeMap::new();
    for (name, target) in targets {
        let BackendTable::Systemd(systemd) = &target.backend else { continue };
        let template = systemd.template.to_string();
        if let Some(other) = owners.insert((systemd.bus.in_one_spelling(), template.clone()), name) {
            let message = format!("{template} is sized by [target.{other}] already");
            document.error(&["target", name, "backend", "systemd", "template"], message);
        }
    }
}

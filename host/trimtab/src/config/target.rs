//! `[target.NAME]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use adapters::span::Span;
use scaling_core::observation::{Bounds, Requirements};
use scaling_core::spec::TargetSpec;
use scaling_core::units::Value;

use super::backend;
use super::document::Document;
use super::tables::{BackendTable, PolicyTable, RequirementsTable, SourceTable, TargetTable};
use super::{ComponentRef, PolicyConfig, TargetConfig, guardrails, indicators};
use crate::journal::Digest;

const DEFAULT_INTERVAL: Duration = Duration::from_secs(10);
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);
const LONGEST_INTERVAL: Duration = Duration::from_secs(24 * 3600);
const DEFAULT_SETTLE_WITHIN: Duration = Duration::from_secs(300);
const MEGABYTE: u64 = 1_000_000;
const MOST_REPLICAS: u32 = 100_000;
/// No component may be larger.
const LARGEST_COMPONENT: u64 = 64 << 20;
const MOST_TARGETS: usize = 10_000;

pub(super) fn read_all(
    document: &mut Document<'_>,
    base: &Path,
    sources: &BTreeMap<String, SourceTable>,
) -> BTreeMap<String, TargetConfig> {
    let mut targets = BTreeMap::new();
    let names = document.names(&["target"]);
    if names.len() > MOST_TARGETS {
        document.error(&["target"], format!("{} targets; expected at most {MOST_TARGETS}", names.len()));
    }
    for name in &names {
        check_name(document, name);
        let Some(table) = document.read::<TargetTable>(&["target", name]) else { continue };
        indicators::check(document, name, &table.indicator, sources, &names);
        let backend = backend::read(document, name, table.backend.clone(), sources);
        if let Some(target) = make(document, base, name, table, backend) {
            targets.insert(name.clone(), target);
        }
    }
    targets
}

fn check_name(document: &mut Document<'_>, name: &str) {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 63 || !name.chars().all(fine) || name.starts_with('.') {
        document.error(
            &["target", name],
            "a target's name is 1 to 63 of a-z, A-Z, 0-9, `-`, `_` and `.`, not beginning with `.`",
        );
    }
}

fn make(
    document: &mut Document<'_>,
    base: &Path,
    name: &str,
    table: TargetTable,
    backend: Option<BackendTable>,
) -> Option<TargetConfig> {
    let interval = interval(document, name, &table);
    let settle_within = table.settle_within.map_or(DEFAULT_SETTLE_WITHIN, Span::get);
    if settle_within < interval {
        document.warning(
            &["target", name, "settle-within"],
            "shorter than the interval: every addition will count as failed",
        );
    }
    let bounds = bounds(document, name, &table);
    let guardrails = guardrails::read(document, name, &table.guardrails, bounds);
    let requirements = requirements(document, name, &table.requirements);
    let policy = policy(document, base, name, table.policy);
    let spec = TargetSpec {
        name: name.into(),
        bounds,
        initial: table.initial,
        interval,
        requirements,
        labels: table.labels.into_iter().collect(),
        settle_within,
        live: "main".into(),
        guardrails,
    };
    Some(TargetConfig {
        spec,
        policy: policy?,
        indicators: table.indicator,
        stale_after: table.stale_after.map_or(interval * 3, Span::get),
        backend: backend?,
    })
}

fn interval(document: &mut Document<'_>, name: &str, table: &TargetTable) -> Duration {
    let interval = table.interval.map_or(DEFAULT_INTERVAL, Span::get);
    if !(SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(&interval) {
        let message = format!("expected {SHORTEST_INTERVAL:?} to 24h, found {interval:?}");
        document.error(&["target", name, "interval"], message);
    }
    interval
}

fn bounds(document: &mut Document<'_>, name: &str, table: &TargetTable) -> Bounds {
    let Some(max) = table.max else {
        if !document.has(&["target", name, "max"]) {
            document.error(&["target", name, "max"], "missing: the most replicas that there may ever be");
        }
        return Bounds { min: table.min, max: table.min };
    };
    if table.min > max {
        document.error(&["target", name, "min"], format!("min {} is above max {max}", table.min));
    }
    if max > MOST_REPLICAS {
        document.error(&["target", name, "max"], format!("expected at most {MOST_REPLICAS}, found {max}"));
    }
    let bounds = Bounds { min: table.min.min(max), max };
    if let Some(initial) = table.initial
        && bounds.clamp(initial) != initial
    {
        document.error(&["target", name, "initial"], format!("{initial} is outside min {} to max {max}", bounds.min));
    }
    bounds
}

fn requirements(document: &mut Document<'_>, name: &str, table: &RequirementsTable) -> Requirements {
    let cpu_cores = table.cpu_cores.and_then(Value::new);
    if table.cpu_cores.is_some_and(|cores| !cores.is_finite() || cores < 0.0) {
        document.error(&["target", name, "requirements", "cpu-cores"], "expected a number of 0 or more");
    }
    Requirements {
        cpu_cores,
        memory_bytes: table.memory_megabytes.map(|megabytes| megabytes.saturating_mul(MEGABYTE)),
        disk_bytes: table.disk_megabytes.map(|megabytes| megabytes.saturating_mul(MEGABYTE)),
    }
}

fn policy(document: &mut Document<'_>, base: &Path, name: &str, table: Option<PolicyTable>) -> Option<PolicyConfig> {
    let path = ["target", name, "policy"];
    let Some(table) = table else {
        if !document.has(&path) {
            document.error(&path, "missing: who decides, such as `component = \"builtin:qos-rules\"`");
        }
        return None;
    };
    let component = ComponentRef::parse(&table.component, base);
    let at = ["target", name, "policy", "component"];
    match &component {
        ComponentRef::Builtin(builtin) if bundled_policies::get(builtin).is_none() => {
            let known = bundled_policies::names().join(", ");
            document.error(&at, format!("there is no bundled policy `{builtin}`; there are: {known}"));
        }
        _ => {}
    }
    match serde_json::to_value(&table.config) {
        Ok(config) => {
            let content = content_of(&component);
            Some(PolicyConfig { component, config: config.to_string(), content })
        }
        Err(error) => {
            document.error(&["target", name, "policy", "config"], format!("can't be written as JSON: {error}"));
            None
        }
    }
}

/// Only of what could be a component at all: a pipe would be read for ever.
fn content_of(component: &ComponentRef) -> Option<Digest> {
    let ComponentRef::File(file) = component else { return None };
    let readable = file.metadata().is_ok_and(|file| file.is_file() && file.len() <= LARGEST_COMPONENT);
    readable.then(|| std::fs::read(file).ok().map(|bytes| Digest::of(&bytes)))?
}

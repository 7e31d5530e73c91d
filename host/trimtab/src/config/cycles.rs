//! Targets that look at each other's size in a circle would chase each other for ever.

use std::collections::{BTreeMap, BTreeSet};

use super::TargetConfig;
use super::document::Document;
use super::tables::IndicatorTable;

pub(super) fn refuse(document: &mut Document<'_>, targets: &BTreeMap<String, TargetConfig>) {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for name in targets.keys() {
        if told.contains(name.as_str()) {
            continue;
        }
        if let Some(circle) = circle_from(name, targets) {
            let path = ["target", name, "indicator"];
            document.error(&path, format!("targets look at each other's size in a circle: {}", circle.join(" -> ")));
            told.extend(circle);
        }
    }
}

/// The way from `start` back to itself over other targets.
fn circle_from<'a>(start: &'a str, targets: &'a BTreeMap<String, TargetConfig>) -> Option<Vec<&'a str>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let here = way.last().copied()?;
        for next in looks_at(here, targets) {
            if next == start {
                return Some(way.iter().copied().chain([start]).collect());
            }
            if seen.insert(next) {
                ways.push(way.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

fn looks_at<'a>(name: &'a str, targets: &'a BTreeMap<String, TargetConfig>) -> impl Iterator<Item = &'a str> {
    let indicators = targets.get(name).into_iter().flat_map(|target| target.indicators.values());
    indicators.filter_map(move |indicator| match indicator {
        IndicatorTable::Own(question) => question.target.as_deref().filter(|other| *other != name),
        _ => None,
    })
}

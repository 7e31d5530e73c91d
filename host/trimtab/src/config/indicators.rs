//! `[target.T.indicator.NAME.KIND]` against the sources and targets that there are.

use std::collections::BTreeMap;

use super::document::Document;
use super::problem::listed;
use super::tables::{IndicatorTable, SourceTable};

pub(super) fn check(
    document: &mut Document<'_>,
    target: &str,
    indicators: &BTreeMap<String, IndicatorTable>,
    sources: &BTreeMap<String, SourceTable>,
    targets: &[String],
) {
    for (name, indicator) in indicators {
        let kind = indicator.kind();
        let path = ["target", target, "indicator", name, kind];
        let question = indicator.question();
        if adapters::source::JobEvent::of(name).is_some() {
            let message = "names that end in jobs.queued, jobs.running, jobs.waited or jobs.finished belong to indicators of jobs";
            document.error(&["target", target, "indicator", name], message);
        }
        for message in question.iter().flat_map(adapters::source::Question::check) {
            document.error(&path, message);
        }
        if let Some(question) = &question {
            let (source, wanted) = (question.source(), question.connection_kind());
            match sources.get(source) {
                Some(found) if found.kind() == wanted => {}
                Some(found) => {
                    let asks = if kind == wanted { kind.to_owned() } else { format!("{kind}, over a {wanted}") };
                    let message = format!("source `{source}` is of kind {}, and this asks as {asks}", found.kind());
                    document.error(&[path.as_slice(), &["source"]].concat(), message);
                }
                // A source with an error of its own has been told of already.
                None if document.has(&["source", source]) => {}
                None => {
                    let known = listed(sources.keys());
                    let message = format!("there is no [source.{source}.{wanted}]; there are: {known}");
                    document.error(&[path.as_slice(), &["source"]].concat(), message);
                }
            }
        }
        if let IndicatorTable::Own(question) = indicator
            && let Some(other) = &question.target
            && !targets.contains(other)
        {
            document.error(&[path.as_slice(), &["target"]].concat(), format!("there is no [target.{other}]"));
        }
    }
}

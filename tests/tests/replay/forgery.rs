//! The journal of a demo, copied with something changed in it: a replay that could not tell would be worth nothing.

use std::path::Path;

use scaling_core::units::TargetName;
use serde_json::Value;
use trimtab::journal::{Digest, Journal, JournalSettings, Reader, Span, TickRecord};

/// Copies the ticks of `target` from `original` to a journal at `path`, each document changed by `forge`.
pub async fn copy(original: &Reader, target: &TargetName, path: &Path, forge: impl Fn(u64, String) -> String) {
    let journal = Journal::open(path, JournalSettings::default()).unwrap();
    for tick in original.ticks(target, Span::All).unwrap().map(Result::unwrap) {
        let document = String::from_utf8(tick.document).unwrap();
        for digest in referred_to(&document) {
            let kept = original.document(digest).unwrap().unwrap();
            assert_eq!(journal.keep(&kept.kind, &kept.body).await.unwrap(), digest);
        }
        let document = forge(tick.tick, document).into_bytes();
        let (target, events) = (target.clone(), Vec::new());
        let record = TickRecord { target, tick: tick.tick, at: tick.at, changed: tick.changed, document, events };
        journal.record(record).await.unwrap();
    }
    journal.close().await.unwrap();
}

fn referred_to(document: &str) -> Vec<Digest> {
    let document: Value = serde_json::from_str(document).unwrap();
    let slots = document["slots"].as_object().unwrap().values();
    let digests = slots.flat_map(|slot| [&slot["policy"], &slot["config"]]).filter_map(Value::as_str);
    digests.map(|digest| Digest::parse(digest).unwrap()).collect()
}

//! Forgetting, by age and by size.

use std::time::{Duration, Instant};

use trimtab::journal::{EventFilter, EventId, Journal, JournalSettings, Reader, Span};

use super::{event, open, place, tick};

fn numbers(reader: &Reader, target: &str) -> Vec<u64> {
    reader.ticks(&target.into(), Span::All).unwrap().map(|tick| tick.unwrap().tick).collect()
}

/// The writer forgets when it has nothing else to do.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn by_age_in_whole_segments_and_never_the_newest() {
    let (_folder, path) = place();
    let settings = JournalSettings { max_age: Duration::from_secs(1000), ..JournalSettings::default() };
    let journal = Journal::open(&path, settings).unwrap();
    journal.record(tick("gone", 1, 1, "{}")).await.unwrap();
    journal.note(event(None, 1, "old")).await.unwrap();
    let digest = journal.keep("config", b"{}").await.unwrap();
    for number in 1..=400 {
        journal.record(tick("web", number, number * 10_000, "{}")).await.unwrap();
    }
    journal.note(event(None, 4_000_000, "new")).await.unwrap();
    journal.record(tick("web", 401, 4_010_000, "{}")).await.unwrap();
    let reader = journal.reader().unwrap();
    // At 4,010 s the line is at 3,010 s: the segments of ticks 1..128 and 129..256 end before it.
    until("old segments are forgotten", || numbers(&reader, "web")[0] == 257).await;
    assert_eq!(numbers(&reader, "web").last(), Some(&401));
    assert_eq!(numbers(&reader, "gone"), [1], "the newest segment of a target stays");
    until("old events are forgotten", || {
        reader.events(&EventFilter::default(), EventId(0), 9).unwrap().iter().all(|event| event.event.kind == "new")
    })
    .await;
    assert!(reader.document(digest).unwrap().is_some(), "documents in use stay");
}

#[tokio::test]
async fn by_size_and_the_room_is_used_again() {
    let (_folder, path) = place();
    let limit = 300_000;
    let journal = Journal::open(&path, JournalSettings { max_bytes: limit, ..JournalSettings::default() }).unwrap();
    let noise = |number: u64| blake3::hash(&number.to_le_bytes()).to_hex().repeat(2);
    for number in 1..=12_000_u64 {
        journal.record(tick("web", number, number * 1000, &noise(number))).await.unwrap();
    }
    let reader = journal.reader().unwrap();
    journal.record(tick("web", 12_001, 12_011_000, "{}")).await.unwrap();
    until("the journal is as small as it should be", || reader.used_bytes().unwrap() <= limit).await;
    let kept = numbers(&reader, "web");
    assert_eq!((kept[0] - 1) % 128, 0, "whole segments");
    assert_eq!(kept, (kept[0]..=12_001).collect::<Vec<_>>(), "the oldest first");
    journal.close().await.unwrap();
    let size = std::fs::metadata(&path).unwrap().len();
    assert!(size < 2 * limit, "{size}");
}

#[tokio::test]
async fn a_target_that_is_no_more_can_be_forgotten() {
    let (_folder, path) = place();
    let journal = open(&path);
    journal.note(event(Some("web"), 1, "kept")).await.unwrap();
    for number in 1..=300 {
        journal.record(tick("web", number, number, "{}")).await.unwrap();
        journal.record(tick("mail", number, number, "{}")).await.unwrap();
    }
    journal.forget(&"web".into()).await.unwrap();
    let reader = journal.reader().unwrap();
    assert_eq!(reader.targets().unwrap(), ["mail".into()]);
    assert_eq!(numbers(&reader, "mail").len(), 300);
    let filter = EventFilter { target: Some("web".into()), kind: None };
    assert_eq!(reader.events(&filter, EventId(0), 9).unwrap().len(), 1);
    journal.record(tick("web", 1, 301, "{}")).await.unwrap();
    assert_eq!(numbers(&reader, "web"), [1]);
}

//! What was recorded is read back: byte for byte, in order, by span, while it is being written.

use scaling_core::units::{TargetName, Timestamp};
use trimtab::journal::{Digest, EventFilter, EventId, JournalError, Reader, Span, StoredTick};

use super::documents::{QuietTarget, Readings};
use super::{event, open, place, tick};

fn all(reader: &Reader, target: &str, span: Span) -> Vec<StoredTick> {
    reader.ticks(&target.into(), span).unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn ticks_come_back_byte_for_byte_over_segments_and_restarts() {
    let (_folder, path) = place();
    let mut written = Vec::new();
    let mut target = QuietTarget::new(1, Readings::Rate, 3, true);
    for _process in 0..2 {
        let journal = open(&path);
        for _ in 0..150 {
            let record = target.next();
            written.push(record.document.clone());
            journal.record(record).await.unwrap();
        }
        let read: Vec<Vec<u8>> =
            all(&journal.reader().unwrap(), "worker-1", Span::All).into_iter().map(|tick| tick.document).collect();
        assert_eq!(read, written);
        let last = journal.reader().unwrap().last(&"worker-1".into()).unwrap().unwrap();
        assert_eq!((last.tick, Some(&last.document)), (written.len() as u64, written.last()));
        journal.close().await.unwrap();
    }
}

#[tokio::test]
async fn spans_by_number_and_by_time() {
    let (_folder, path) = place();
    let journal = open(&path);
    for number in 1..=300 {
        journal.record(tick("web", number, 1000 + number * 10, &number.to_string())).await.unwrap();
        journal.record(tick("mail", number, 1000 + number * 10, "{}")).await.unwrap();
    }
    let reader = journal.reader().unwrap();
    let numbers = |span| all(&reader, "web", span).iter().map(|tick| tick.tick).collect::<Vec<_>>();
    assert_eq!(numbers(Span::Numbers(127..=131)), [127, 128, 129, 130, 131]);
    assert_eq!(numbers(Span::Numbers(299..=u64::MAX)), [299, 300]);
    assert_eq!(numbers(Span::Times(Timestamp(1021)..=Timestamp(1040))), [3, 4]);
    assert_eq!(numbers(Span::All).len(), 300);
    assert_eq!(all(&reader, "web", Span::Numbers(7..=7))[0].document, b"7");
    assert!(all(&reader, "nobody", Span::All).is_empty());
    assert_eq!(reader.targets().unwrap(), [TargetName::from("mail"), TargetName::from("web")]);
}

#[tokio::test]
async fn the_last_of_each_target() {
    let (_folder, path) = place();
    let journal = open(&path);
    assert_eq!(journal.reader().unwrap().newest().unwrap(), None);
    for number in 1..=200 {
        journal.record(tick("web", number, number, &format!("web {number}"))).await.unwrap();
    }
    let mut changed = tick("mail", 9, 5, "mail 9");
    changed.changed = true;
    journal.record(changed).await.unwrap();
    let last = journal.reader().unwrap().last_of_all().unwrap();
    assert_eq!(journal.reader().unwrap().newest().unwrap(), Some(Timestamp(200)), "of all targets");
    assert_eq!(last.len(), 2);
    assert_eq!(last[&"web".into()].document, b"web 200");
    let mail = StoredTick { tick: 9, at: Timestamp(5), changed: true, document: b"mail 9".to_vec() };
    assert_eq!(last[&"mail".into()], mail);
    assert_eq!(journal.reader().unwrap().last(&"nobody".into()).unwrap(), None);
}

#[tokio::test]
async fn a_tick_that_does_not_go_on_begins_a_new_segment() {
    let (_folder, path) = place();
    let journal = open(&path);
    for (number, at) in [(5, 100), (5, 100), (3, 90), (4, 80)] {
        journal.record(tick("web", number, at, &format!("{number} at {at}"))).await.unwrap();
    }
    let read = all(&journal.reader().unwrap(), "web", Span::All);
    assert_eq!(
        read.iter().map(|tick| (tick.tick, tick.at.0)).collect::<Vec<_>>(),
        [(5, 100), (5, 100), (3, 90), (4, 80)]
    );
}

#[tokio::test]
async fn events_by_filter_and_from_a_place_on() {
    let (_folder, path) = place();
    let journal = open(&path);
    let mut follow = journal.latest_event();
    journal.note(event(None, 1, "reload")).await.unwrap();
    let mut with_event = tick("web", 1, 2, "{}");
    with_event.events.push(event(Some("web"), 2, "intent"));
    journal.record(with_event).await.unwrap();
    let third = journal.note(event(Some("mail"), 3, "outcome")).await.unwrap();
    assert_eq!(*follow.borrow_and_update(), third);
    let reader = journal.reader().unwrap();
    let at = |filter: &EventFilter, after| {
        reader.events(filter, after, 10).unwrap().iter().map(|event| event.event.at.0).collect::<Vec<_>>()
    };
    assert_eq!(at(&EventFilter::default(), EventId(0)), [1, 2, 3]);
    assert_eq!(at(&EventFilter::default(), EventId(2)), [3]);
    assert_eq!(at(&EventFilter { target: Some("web".into()), kind: None }, EventId(0)), [2]);
    assert_eq!(at(&EventFilter { target: None, kind: Some("outcome".to_owned()) }, EventId(0)), [3]);
    let last = reader.last_events(&EventFilter::default(), 2).unwrap();
    assert_eq!(last.iter().map(|event| event.event.at.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(last[1].event, event(Some("mail"), 3, "outcome"));
}

#[tokio::test]
async fn documents_are_stored_once_and_found_by_digest() {
    let (_folder, path) = place();
    let journal = open(&path);
    let body = vec![7; 300_000];
    let digest = journal.keep("component", &body).await.unwrap();
    assert_eq!(journal.keep("component", &body).await.unwrap(), digest);
    let found = journal.reader().unwrap().document(digest).unwrap().unwrap();
    assert_eq!((found.kind.as_str(), found.body), ("component", body));
    assert_eq!(journal.reader().unwrap().document(Digest::of(b"else")).unwrap(), None);
}

#[tokio::test]
async fn orders_stand_over_a_restart() {
    let (_folder, path) = place();
    let journal = open(&path);
    journal.set_order(&"web".into(), Some("{\"paused\":true}".to_owned())).await.unwrap();
    journal.set_order(&"mail".into(), Some("{}".to_owned())).await.unwrap();
    journal.set_order(&"mail".into(), None).await.unwrap();
    journal.close().await.unwrap();
    let orders = open(&path).reader().unwrap().orders().unwrap();
    assert_eq!(orders.into_iter().collect::<Vec<_>>(), [("web".into(), "{\"paused\":true}".to_owned())]);
}

#[tokio::test]
async fn a_closed_journal_says_so() {
    let (_folder, path) = place();
    let journal = open(&path);
    journal.clone().close().await.unwrap();
    let error = journal.record(tick("web", 1, 1, "{}")).await.unwrap_err();
    assert!(matches!(error, JournalError::Closed { .. }), "{error}");
}

//! What can't be opened or written is told, and left as it is.

use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use trimtab::journal::{Journal, JournalError, JournalSettings, Reader, Span};

use super::{open, place, tick};

/// A document that can't be packed.
fn noise(number: u64) -> String {
    blake3::hash(&number.to_le_bytes()).to_hex().to_string()
}

fn refused(path: &Path) -> JournalError {
    let before = std::fs::read(path).unwrap();
    let error = Journal::open(path, JournalSettings::default()).unwrap_err();
    assert_eq!(std::fs::read(path).unwrap(), before, "the file was changed");
    error
}

#[test]
fn a_file_of_something_else() {
    let (_folder, path) = place();
    std::fs::write(&path, "not a database, and long enough to be taken for one if nobody looks at its header").unwrap();
    assert!(matches!(refused(&path), JournalError::Damaged { .. }));
}

#[test]
fn a_database_of_something_else() {
    let (_folder, path) = place();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE song (name TEXT)").unwrap();
    assert!(matches!(refused(&path), JournalError::Foreign { .. }));
}

#[tokio::test]
async fn a_newer_layout() {
    let (_folder, path) = place();
    open(&path).close().await.unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(refused(&path), JournalError::Newer { found: 99, known: 1, .. }));
}

#[tokio::test]
async fn one_host_at_a_time() {
    let (_folder, path) = place();
    let journal = open(&path);
    assert!(matches!(refused(&path), JournalError::InUse { .. }));
    journal.close().await.unwrap();
    open(&path);
}

#[tokio::test]
async fn a_damaged_page_is_told_and_not_repaired() {
    let (_folder, path) = place();
    let journal = open(&path);
    for number in 1..=2000 {
        journal.record(tick("web", number, number, &noise(number))).await.unwrap();
    }
    journal.close().await.unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xab);
    std::fs::write(&path, &bytes).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert!(matches!(reader.check(), Err(JournalError::Damaged { .. })));
    let errors: Vec<JournalError> = reader.ticks(&"web".into(), Span::All).unwrap().filter_map(Result::err).collect();
    assert!(!errors.is_empty());
    assert!(errors.iter().all(|error| matches!(error, JournalError::Damaged { .. })), "{errors:?}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

const FULL_DISK: &str = "TRIMTAB_TEST_FULL_DISK";

/// On a real disk that is full: a tmpfs of one megabyte in a mount namespace of its own.
#[test]
fn a_full_disk_refuses_and_recovers() {
    let (folder, _) = place();
    let script = format!("mount -t tmpfs -o size=1m none {0} && exec \"$@\"", folder.path().display());
    let mut unshare = Command::new("unshare");
    unshare.args(["--map-root-user", "--mount", "sh", "-c", &script, "sh"]).arg(std::env::current_exe().unwrap());
    unshare.args(["--exact", "damage::on_a_full_disk", "--ignored", "--nocapture"]).env(FULL_DISK, folder.path());
    let Ok(output) = unshare.output() else {
        eprintln!("not run: there is no unshare(1) here");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if !said.contains("running 1 test") {
        eprintln!("not run: no mount namespace to be had here: {said}");
        return;
    }
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
#[ignore = "the other half of a_full_disk_refuses_and_recovers"]
async fn on_a_full_disk() {
    let folder = std::path::PathBuf::from(std::env::var_os(FULL_DISK).unwrap());
    let journal = open(&folder.join("journal.db"));
    let ballast = folder.join("ballast");
    journal.record(tick("web", 1, 1, &noise(1))).await.unwrap();
    let mut fill = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut fill, &[0; 4096]).is_ok() {}
    let mut number = 1;
    let error = loop {
        number += 1;
        match journal.record(tick("web", number, number, &noise(number))).await {
            Ok(()) => assert!(number < 100_000, "the disk does not fill"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    drop(fill);
    std::fs::remove_file(&ballast).unwrap();
    journal.record(tick("web", number + 1, number + 1, "after")).await.unwrap();
    let reader = journal.reader().unwrap();
    let read: Vec<_> = reader.ticks(&"web".into(), Span::All).unwrap().map(Result::unwrap).collect();
    // All that was acknowledged, and only the refused one is missing.
    let numbers: Vec<u64> = read.iter().map(|tick| tick.tick).collect();
    assert_eq!(numbers, (1..number).chain([number + 1]).collect::<Vec<_>>());
    assert!(read[..read.len() - 1].iter().all(|tick| tick.document == noise(tick.tick).as_bytes()));
    reader.check().unwrap();
}

//! What the journal takes: `cargo run -p trimtab --example journal_bench [TARGETS] [ROUNDS]`.
//!
//! All targets tick at the same moment, round after round, as fast as it goes.
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

#[path = "../tests/journal/documents.rs"]
mod documents;

use std::time::{Duration, Instant};

use documents::{QuietTarget, Readings};
use tokio::task::JoinSet;
use trimtab::journal::{Journal, JournalSettings, Reader, Synchronous};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().unwrap());
    let (targets, rounds) = (arguments.next().unwrap_or(1000), arguments.next().unwrap_or(60));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for synchronous in [Synchronous::Normal, Synchronous::Full] {
        runtime.block_on(measure(synchronous, Readings::Gauge, targets, rounds));
    }
    runtime.block_on(measure(Synchronous::Normal, Readings::Rate, targets, rounds));
}

async fn measure(synchronous: Synchronous, readings: Readings, count: u64, rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path, JournalSettings { synchronous, ..JournalSettings::default() }).unwrap();
    let mut targets: Vec<QuietTarget> = (0..count).map(|number| QuietTarget::new(number, readings, 3, false)).collect();
    let (mut waits, mut busy, mut bytes) = (Vec::new(), Duration::ZERO, 0);
    for _ in 0..rounds {
        let records: Vec<_> = targets.iter_mut().map(QuietTarget::next).collect();
        bytes += records.iter().map(|record| record.document.len()).sum::<usize>();
        let began = Instant::now();
        let mut writes = JoinSet::new();
        for record in records {
            let journal = journal.clone();
            writes.spawn(async move {
                journal.record(record).await.unwrap();
                began.elapsed()
            });
        }
        while let Some(wait) = writes.join_next().await {
            waits.push(wait.unwrap());
        }
        busy += began.elapsed();
    }
    journal.close().await.unwrap();
    let ticks = count * rounds;
    waits.sort();
    let share = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize];
    println!(
        "{synchronous:?}, {readings:?}: {count} targets, {rounds} rounds, documents of {} bytes",
        bytes as u64 / ticks
    );
    println!(
        "  {:.0} ticks/s; from asked to safe p50 {:?}, p99 {:?}",
        ticks as f64 / busy.as_secs_f64(),
        share(0.5),
        share(0.99)
    );
    let size = std::fs::metadata(&path).unwrap().len();
    println!("  {:.1} bytes per tick on disk ({size} in all)", size as f64 / ticks as f64);
    let began = Instant::now();
    let last = Reader::open(&path).unwrap().last_of_all().unwrap();
    println!("  last tick of all {} targets read in {:?}", last.len(), began.elapsed());
}

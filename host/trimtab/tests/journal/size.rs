//! What a quiet tick costs on the disk.

use tokio::task::JoinSet;

use super::documents::{QuietTarget, Readings};
use super::{open, place};

const TARGETS: u64 = 20;
const TICKS: u64 = 1_000;

/// Bytes by which the file grows per tick, everything counted, once all is in the one file.
async fn bytes_per_tick(readings: Readings, replicas: usize, usage_changes: bool) -> u64 {
    let (_folder, path) = place();
    let journal = open(&path);
    let empty = std::fs::metadata(&path).unwrap().len();
    let mut targets: Vec<QuietTarget> =
        (0..TARGETS).map(|number| QuietTarget::new(number, readings, replicas, usage_changes)).collect();
    for _ in 0..TICKS {
        let mut writes = JoinSet::new();
        for target in &mut targets {
            let (journal, tick) = (journal.clone(), target.next());
            writes.spawn(async move { journal.record(tick).await });
        }
        while let Some(written) = writes.join_next().await {
            written.unwrap().unwrap();
        }
    }
    journal.close().await.unwrap();
    let grown = std::fs::metadata(&path).unwrap().len() - empty;
    let per_tick = grown.div_ceil(TARGETS * TICKS);
    eprintln!("{per_tick} bytes per tick: {readings:?}, {replicas} replicas, usage changes: {usage_changes}");
    per_tick
}

#[tokio::test]
async fn a_quiet_tick_takes_at_most_150_bytes() {
    assert!(bytes_per_tick(Readings::Gauge, 0, false).await <= 150);
    assert!(bytes_per_tick(Readings::Gauge, 3, false).await <= 150);
    assert!(bytes_per_tick(Readings::Rate, 3, false).await <= 150);
}

#[tokio::test]
async fn replicas_whose_usage_changes_cost_their_changes() {
    assert!(bytes_per_tick(Readings::Gauge, 3, true).await <= 300);
}

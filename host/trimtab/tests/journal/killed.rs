//! kill -9 while recording: what was acknowledged is there, and the journal opens again.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use trimtab::journal::{Span, StoredTick};

use super::documents::{QuietTarget, Random, Readings};
use super::{open, place};

const CHILD: &str = "TRIMTAB_TEST_JOURNAL";
const TARGETS: u64 = 3;
const KILLS: u64 = 6;

#[tokio::test]
async fn nothing_acknowledged_is_lost() {
    let (_folder, path) = place();
    let seed = std::env::var("TRIMTAB_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64);
    eprintln!("TRIMTAB_TEST_SEED={seed}");
    let mut random = Random(seed);
    let mut acknowledged = vec![0; TARGETS as usize];
    for _ in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::records_until_it_is_killed", "--ignored", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut left = 50 + random.below(400);
        for line in lines {
            if let Some((target, tick)) = line.strip_prefix("acknowledged ").and_then(|rest| rest.split_once(' ')) {
                acknowledged[target.parse::<usize>().unwrap()] = tick.parse::<u64>().unwrap();
                left -= 1;
                // What it says between the kill and its death is read too, and counts.
                if left == 0 {
                    child.kill().unwrap();
                    left = u64::MAX;
                }
            }
        }
        assert!(left > 1 << 32, "the child ended by itself: {:?}", child.wait());
        child.wait().unwrap();
        check(&path, &acknowledged).await;
    }
}

/// All that was acknowledged is there, byte for byte, and at most what was under way besides.
async fn check(path: &std::path::Path, acknowledged: &[u64]) {
    let journal = open(path);
    let reader = journal.reader().unwrap();
    reader.check().unwrap();
    for (number, acknowledged) in (0..).zip(acknowledged) {
        let mut expected = QuietTarget::new(number, Readings::Gauge, 1, true);
        let name = format!("worker-{number}");
        let ticks: Vec<StoredTick> =
            reader.ticks(&name.as_str().into(), Span::All).unwrap().map(Result::unwrap).collect();
        assert!(ticks.len() as u64 >= *acknowledged, "{name}: {} of {acknowledged}", ticks.len());
        for tick in &ticks {
            let record = expected.next();
            assert_eq!((tick.tick, tick.at, &tick.document), (record.tick, record.at, &record.document));
        }
        assert_eq!(reader.last(&name.as_str().into()).unwrap().as_ref(), ticks.last());
    }
    journal.close().await.unwrap();
}

#[tokio::test]
#[ignore = "the other half of nothing_acknowledged_is_lost; it never ends"]
async fn records_until_it_is_killed() {
    let path = std::path::PathBuf::from(std::env::var_os(CHILD).unwrap());
    let journal = open(&path);
    let last = journal.reader().unwrap().last_of_all().unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..TARGETS {
        let journal = journal.clone();
        let mut target = QuietTarget::new(number, Readings::Gauge, 1, true);
        let done = last.get(&format!("worker-{number}").as_str().into()).map_or(0, |tick| tick.tick);
        (0..done).for_each(|_| drop(target.next()));
        writers.spawn(async move {
            loop {
                let record = target.next();
                let line = format!("acknowledged {number} {}\n", record.tick);
                journal.record(record).await.unwrap();
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    writers.join_next().await.unwrap().unwrap();
}

//! After a restart of the host: which of the workers on the roster still run.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::boot::{Boot, Uptime};
use super::config::{Output, ProcessConfig};
use super::place::log_path;
use super::procfs::{self, Stat};
use super::roster::{Phase, Roster, Start};
use super::worker::{self, Ended, Identity, SPAWN_VARIABLE, Worker};
use crate::backend::store::Store;

/// A worker that was just executed shows no environment for a moment.
const SECOND_LOOK: Duration = Duration::from_millis(100);

/// Brings the roster in line with what runs, and takes hold of it. Called under the lock of the roster, so no child
/// of a killed host is still on its way to become a worker.
pub fn adopt(
    roster: &mut Roster,
    store: &Store,
    config: &ProcessConfig,
    boot: &Boot,
) -> io::Result<HashMap<Start, Worker>> {
    if roster.boot != boot.id {
        roster.rebooted(boot.id.clone(), boot.now());
        return Ok(HashMap::new());
    }
    find_spawning(roster, store, config)?;
    let mut live = HashMap::new();
    let known: Vec<(Start, Identity)> =
        roster.replicas.iter().filter_map(|entry| Some((entry.start(), entry.process()?))).collect();
    for (start, identity) in known {
        if let Some(worker) = Worker::open(identity)? {
            live.insert(start, worker);
        } else {
            worker::kill_leftovers(identity.pid, &roster.nonce(start));
            roster.ended(start, Ended::Unknown, None, &config.restart, boot.now());
        }
    }
    Ok(live)
}

/// A start that was announced and never confirmed: its process runs already, or there is none.
fn find_spawning(roster: &mut Roster, store: &Store, config: &ProcessConfig) -> io::Result<()> {
    let mut wanted = wanted(roster, store, config);
    for look in 0..2 {
        if wanted.is_empty() {
            return Ok(());
        }
        if look > 0 {
            thread::sleep(SECOND_LOOK);
        }
        for (start, process) in look_for(&wanted)? {
            wanted.retain(|want| want.start != start);
            if let Some(entry) = roster.entry_mut(start) {
                entry.phase = Phase::Running { process, ready: None };
            }
        }
    }
    Ok(())
}

/// What a process of an announced start is known by.
struct Wanted {
    start: Start,
    nonce: String,
    /// Its log, for a worker that overwrote its environment with its title.
    log: Option<PathBuf>,
    /// It is not older than this.
    since: Uptime,
}

fn wanted(roster: &Roster, store: &Store, config: &ProcessConfig) -> Vec<Wanted> {
    let announced = roster.replicas.iter().filter_map(|entry| match entry.phase {
        Phase::Spawning { since } => Some((entry, since)),
        _ => None,
    });
    let log_of = |slot| (config.output == Output::File).then(|| log_path(store, slot));
    announced
        .map(|(entry, since)| Wanted {
            start: entry.start(),
            nonce: roster.nonce(entry.start()),
            log: log_of(entry.slot),
            since,
        })
        .collect()
}

/// Looks through all processes once. Only leaders of a process group count: a worker is one, its children are not.
fn look_for(wanted: &[Wanted]) -> io::Result<HashMap<Start, Identity>> {
    let mut found: HashMap<Start, Identity> = HashMap::new();
    for pid in procfs::pids()? {
        let Ok(Some(stat)) = Stat::read(pid) else { continue };
        if stat.group != pid || stat.is_zombie() {
            continue;
        }
        let Some(start) = owner(pid, &stat, wanted) else { continue };
        let identity = Identity { pid, start_ticks: stat.start_ticks };
        let first = found.entry(start).or_insert(identity);
        if identity.start_ticks < first.start_ticks {
            *first = identity;
        }
    }
    Ok(found)
}

fn owner(pid: i32, stat: &Stat, wanted: &[Wanted]) -> Option<Start> {
    // A tick is 10 ms: what started in the same tick may look a little older.
    let started = Uptime::from_ticks(stat.start_ticks + 2);
    let mut young_enough = wanted.iter().filter(|want| started >= want.since).peekable();
    young_enough.peek()?;
    let nonce = procfs::variable(pid, SPAWN_VARIABLE);
    let output = procfs::standard_output(pid);
    let is_it = |want: &&Wanted| match &nonce {
        Some(nonce) => *nonce == want.nonce,
        None => output.is_some() && output == want.log,
    };
    young_enough.find(is_it).map(|want| want.start)
}

//! The targets that have nothing to do with what fails.

use std::time::{Duration, Instant};

use trimtab_tests::lab::{TrimtabHost, http};

/// A target on another host of systemd, and one on none.
pub const NAMES: [&str; 2] = ["elsewhere", "here"];
/// Their interval.
pub const INTERVAL: Duration = Duration::from_millis(500);
/// So many ticks make sure that they went on meanwhile: with this interval, longer than systemd's time to answer.
const MANY: f64 = 8.0;

/// How they were when something failed.
pub struct Others {
    at: Instant,
    before: Vec<Now>,
}

/// How one of them is.
struct Now {
    ticks: f64,
    current: u64,
    events: String,
}

impl Others {
    /// As they are now.
    pub fn watch(trimtab: &TrimtabHost) -> Self {
        Self { at: Instant::now(), before: NAMES.map(|name| now(trimtab, name)).into() }
    }

    /// Waits until they have gone on for a while.
    pub fn until_gone_on(&self, trimtab: &mut TrimtabHost) {
        self.until_ticked(trimtab, MANY);
    }

    /// Waits until each has ticked so often.
    pub fn until_ticked(&self, trimtab: &mut TrimtabHost, times: f64) {
        for (name, before) in NAMES.iter().zip(&self.before) {
            let on = |trimtab: &mut TrimtabHost| (ticks(trimtab, name) >= before.ticks + times).then_some(());
            trimtab.until(&format!("{name} goes on"), on);
        }
    }

    /// Asserts that nothing became of them, and that they were looked at as often as planned. Half of that is enough:
    /// a loaded machine passes ticks by. Who waited for the failed one would not come near it.
    pub fn noticed_nothing(&self, trimtab: &TrimtabHost) {
        for (name, before) in NAMES.iter().zip(&self.before) {
            let planned = self.at.elapsed().as_secs_f64() / INTERVAL.as_secs_f64();
            let now = now(trimtab, name);
            let ticked = now.ticks - before.ticks;
            assert!(ticked >= planned / 2.0 - 1.0, "{name}: {ticked} ticks of {planned:.1}");
            println!("{name}: {ticked} ticks of {planned:.1} planned");
            assert_eq!((now.current, &now.events), (before.current, &before.events), "{name}");
        }
    }
}

fn now(trimtab: &TrimtabHost, name: &str) -> Now {
    let view = trimtab.target(name).unwrap();
    assert_eq!(view["condition"], "steady", "{name}: {view}");
    let events = trimtab.told(&["events", name]);
    Now { ticks: ticks(trimtab, name), current: view["current"].as_u64().unwrap(), events }
}

/// Its ticks so far.
fn ticks(trimtab: &TrimtabHost, name: &str) -> f64 {
    let (_, text) = http::get(&format!("http://{}/metrics", trimtab.address().unwrap())).unwrap();
    let label = format!("target=\"{name}\"");
    let lines = text.lines().filter(|line| line.starts_with("trimtab_target_ticks_total{") && line.contains(&label));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}

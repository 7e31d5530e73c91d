//! When ticks are to be expected, reckoned apart from the host: a tick that comes at another time is not found.

use std::collections::BTreeMap;
use std::time::Duration;

use trimtab::config::tables::IndicatorTable;
use trimtab::config::{Config, TargetConfig};

/// Targets tick this far apart.
const PHASE_STEP: Duration = Duration::from_millis(1);

/// Something that is going to happen by itself. Times are since the beginning of the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// A planned tick begins.
    Tick { target: String, time: Duration },
    /// A tick that began before is over.
    End { target: String, began: Duration, time: Duration },
}

impl Due {
    /// When.
    pub fn time(&self) -> Duration {
        match self {
            Self::Tick { time, .. } | Self::End { time, .. } => *time,
        }
    }

    fn target(&self) -> &str {
        match self {
            Self::Tick { target, .. } | Self::End { target, .. } => target,
        }
    }
}

/// All that is going to happen by itself.
pub struct Schedule {
    origin: Duration,
    targets: BTreeMap<String, Planned>,
    open: Vec<Due>,
}

struct Planned {
    grid: Duration,
    interval: Duration,
    due: Duration,
}

impl Schedule {
    /// Of a host that starts at `origin`.
    pub fn new(config: &Config, origin: Duration) -> Self {
        let mut schedule = Self { origin, targets: BTreeMap::new(), open: Vec::new() };
        let all: Vec<String> = config.targets.keys().cloned().collect();
        schedule.reloaded(config, &all, origin);
        schedule
    }

    /// The targets in `started` were started with a new config at `time`.
    pub fn reloaded(&mut self, config: &Config, started: &[String], time: Duration) {
        self.targets.retain(|name, _| config.targets.contains_key(name));
        for (index, (name, target)) in (0..).zip(&config.targets) {
            if started.contains(name) {
                let (interval, phase) = (target.spec.interval, PHASE_STEP * index);
                let planned = Planned { grid: self.origin + phase, interval, due: time + phase };
                self.targets.insert(name.clone(), planned);
            }
        }
    }

    /// What comes next.
    pub fn next(&self) -> Due {
        let at_rest = self.targets.iter().filter(|(name, _)| !self.open.iter().any(|due| due.target() == *name));
        let planned = at_rest.map(|(name, planned)| Due::Tick { target: name.clone(), time: planned.due });
        let first = planned.chain(self.open.clone()).min_by_key(|due| (due.time(), due.target().to_owned()));
        first.unwrap_or_else(|| panic!("a scenario without a target"))
    }

    /// A planned tick of this target has begun, and is over at `end`.
    pub fn begins(&mut self, target: &str, time: Duration, end: Duration) {
        let planned = self.targets.get_mut(target).unwrap();
        planned.due = planned.after(time);
        assert!(end < planned.due, "`{target}` would hang over its next tick: give its source less time");
        self.open.push(Due::End { target: target.to_owned(), began: time, time: end });
    }

    /// Somebody woke this target.
    pub fn nudged(&mut self, target: &str, time: Duration) {
        self.open.push(Due::End { target: target.to_owned(), began: time, time });
    }

    /// The tick that began at `began` is over.
    pub fn over(&mut self, due: &Due) {
        self.open.retain(|open| open != due);
    }
}

impl Planned {
    /// The first tick on the grid after `time`.
    fn after(&self, time: Duration) -> Duration {
        let passed = time.saturating_sub(self.grid).as_millis() / self.interval.as_millis();
        self.grid + self.interval * (u32::try_from(passed).unwrap() + 1)
    }
}

/// How long a tick of this target takes while the exporter hangs at `paths`.
pub fn delay(config: &Config, target: &TargetConfig, paths: &[String]) -> Duration {
    let timeouts = target.indicators.values().filter_map(|indicator| {
        let IndicatorTable::HttpJson(question) = indicator else { return None };
        let hangs = paths.iter().any(|path| question.path == format!("/{path}"));
        hangs.then(|| config.sources[&question.source].timeout())
    });
    timeouts.max().unwrap_or_default()
}

//! Indicators: which collector answers which input of a policy.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use adapters::source::{Ask, Collector, CollectorSettings, JobEvent, Link, Source};
use scaling_core::observation::{Input, Quality, Series, Subject};
use scaling_core::units::{Timestamp, millis};

use crate::board::Board;
use crate::config::TargetConfig;
use crate::config::problem::listed;
use crate::config::tables::{IndicatorTable, SourceTable};
use crate::lock::lock;
use crate::own_size::OwnSize;
use crate::timezone;

/// What one target asks of one indicator.
pub struct Indicator {
    /// Its name in the config.
    pub name: String,
    asks: Vec<Ask>,
    kind: Kind,
    /// Failures that have been told, by kind.
    told: Mutex<BTreeMap<&'static str, u64>>,
}

enum Kind {
    /// Asked of a source, together with all targets that ask the same.
    Collected(Arc<Collector>),
    /// Supplied by the host: `time.offset.ZONE`.
    TimeOffset,
    /// Not declared in the config.
    Missing,
}

impl Indicator {
    /// Its series now, one or more for each ask.
    pub async fn series(&self, now: Timestamp, slot: u64) -> Vec<Series> {
        match &self.kind {
            Kind::Collected(collector) => collector.series(now, slot, &self.asks).await,
            Kind::TimeOffset => self.asks.iter().map(|ask| timezone::offsets(&ask.name, now, ask.window)).collect(),
            Kind::Missing => self.asks.iter().map(|ask| absent(&ask.name)).collect(),
        }
    }

    /// Refills the window after a restart.
    pub fn preload(&self, series: &[Series]) {
        let Kind::Collected(collector) = &self.kind else { return };
        let mine = series.iter().filter(|series| self.asks.iter().any(|ask| ask.name == series.name));
        collector.preload(mine.cloned().collect());
    }

    /// The last error, if the last query failed.
    pub fn error(&self) -> Option<String> {
        let health = self.health().filter(|health| health.failing)?;
        health.last_error.map(|error| error.text)
    }

    /// Failures of the source since this was last asked, by kind.
    pub fn new_failures(&self) -> Vec<(&'static str, u64)> {
        let Some(health) = self.health() else { return Vec::new() };
        let mut told = lock(&self.told);
        let new = |(kind, total): (&'static str, u64)| {
            let before = told.insert(kind, total).unwrap_or(0);
            (total > before).then_some((kind, total - before))
        };
        health.failures_total.into_iter().filter_map(new).collect()
    }

    /// How the source is doing; `None` if there is none.
    pub fn health(&self) -> Option<adapters::source::SourceHealth> {
        match &self.kind {
            Kind::Collected(collector) => Some(collector.health()),
            Kind::TimeOffset | Kind::Missing => None,
        }
    }
}

fn absent(name: &str) -> Series {
    Series {
        name: name.to_owned(),
        subject: Subject::Target,
        quality: Quality::Absent,
        samples: Vec::new(),
        attributes: Vec::new(),
    }
}

/// All collectors of the host. Equal questions share one; one that nobody asks any more is dropped.
#[derive(Clone)]
pub struct Collectors {
    board: Board,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    links: Vec<(SourceTable, Link)>,
    collectors: BTreeMap<String, Weak<Collector>>,
}

impl Collectors {
    /// None yet.
    pub fn new(board: Board) -> Self {
        Self { board, held: Arc::default() }
    }

    /// What the target's policy asks for, each input with whoever answers it.
    pub fn for_target(
        &self,
        target: &TargetConfig,
        inputs: &[Input],
        sources: &BTreeMap<String, SourceTable>,
    ) -> Vec<Indicator> {
        let mut asks: BTreeMap<&str, Vec<Ask>> = BTreeMap::new();
        for input in inputs {
            let ask = Ask { name: input.name.clone(), subject: input.subject, window: input.window };
            asks.entry(declared_name(&input.name, target)).or_default().push(ask);
        }
        asks.into_iter().map(|(name, asks)| self.indicator(name, asks, target, sources)).collect()
    }

    /// Closes connections that no source of the config has any more.
    pub fn retain(&self, sources: &BTreeMap<String, SourceTable>) {
        lock(&self.held).links.retain(|(connection, _)| sources.values().any(|source| source == connection));
    }

    fn indicator(
        &self,
        name: &str,
        asks: Vec<Ask>,
        target: &TargetConfig,
        sources: &BTreeMap<String, SourceTable>,
    ) -> Indicator {
        let kind = match target.indicators.get(name) {
            Some(table) => match self.collector(table, &asks, target, sources) {
                Some(collector) => Kind::Collected(collector),
                None => Kind::Missing,
            },
            None if timezone::is_offset(name) => Kind::TimeOffset,
            None => Kind::Missing,
        };
        let indicator = Indicator { name: name.to_owned(), asks, kind, told: Mutex::default() };
        // What a shared collector has counted already has been told by others.
        let _told_by_others = indicator.new_failures();
        indicator
    }

    fn collector(
        &self,
        table: &IndicatorTable,
        asks: &[Ask],
        target: &TargetConfig,
        sources: &BTreeMap<String, SourceTable>,
    ) -> Option<Arc<Collector>> {
        let interval = target.spec.interval;
        let window = asks.iter().map(|ask| ask.window).max().unwrap_or_default();
        let connection = table.question().and_then(|question| sources.get(question.source()));
        let key = key_of(table, connection, target);
        let mut held = lock(&self.held);
        held.collectors.retain(|_, collector| collector.strong_count() > 0);
        if let Some(collector) = held.collectors.get(&key).and_then(Weak::upgrade) {
            collector.widen(window);
            return Some(collector);
        }
        let (source, timeout) = self.open(&mut held, table, connection, target)?;
        let mut settings = CollectorSettings::for_interval(interval, timeout, window);
        settings.staleness = target.stale_after;
        let collector = Arc::new(Collector::new(source, settings));
        held.collectors.insert(key, Arc::downgrade(&collector));
        Some(collector)
    }

    fn open(
        &self,
        held: &mut Held,
        table: &IndicatorTable,
        connection: Option<&SourceTable>,
        target: &TargetConfig,
    ) -> Option<(Box<dyn Source>, Duration)> {
        if let IndicatorTable::Own(question) = table {
            let whose = question.target.clone().unwrap_or_else(|| target.spec.name.0.clone());
            let source = OwnSize { board: self.board.clone(), target: whose, read: question.read };
            return Some((Box::new(source), Duration::from_secs(1)));
        }
        let connection = connection?;
        let known = held.links.iter().find(|(of, _)| of == connection).map(|(_, link)| link.clone());
        let link = known.unwrap_or_else(|| {
            let link = connection.open();
            held.links.push((connection.clone(), link.clone()));
            link
        });
        let source = table.question()?.over(&link).ok()?;
        Some((source, connection.timeout()))
    }
}

/// Equal for questions whose answer is the same: then one query serves all.
fn key_of(table: &IndicatorTable, connection: Option<&SourceTable>, target: &TargetConfig) -> String {
    // A question to ourselves without a name means another target for each who asks it.
    let whose = if connection.is_some() { "" } else { target.spec.name.as_str() };
    format!("{connection:?} {table:?} {whose} {} {}", millis(target.spec.interval), millis(target.stale_after))
}

/// `work` for the input `work.jobs.queued` if an indicator `work` is declared; else the input's own name.
fn declared_name<'a>(input: &'a str, target: &TargetConfig) -> &'a str {
    if target.indicators.contains_key(input) {
        return input;
    }
    match input.split_once(".jobs.") {
        Some((name, _)) if target.indicators.contains_key(name) => name,
        _ if input.starts_with("jobs.") && target.indicators.contains_key("jobs") => "jobs",
        _ => input,
    }
}

/// Why an input of the policy would never have any data, for `check` and for reloads.
pub fn unanswerable(target: &TargetConfig, input: &Input) -> Option<String> {
    let name = declared_name(&input.name, target);
    let Some(table) = target.indicators.get(name) else {
        if timezone::is_offset(name) {
            let known = timezone::is_known(name);
            return (!known).then(|| format!("the policy wants to see `{name}`, and there is no such time zone"));
        }
        let (target, known) = (&target.spec.name, listed(target.indicators.keys()));
        return Some(format!(
            "the policy wants to see `{}`, and there is no [target.{target}.indicator.{name}.KIND]; there are: {known}",
            input.name
        ));
    };
    let gives_jobs = table.question().is_some_and(|question| question.gives_jobs());
    let asks_jobs = JobEvent::of(&input.name).is_some();
    match (asks_jobs, gives_jobs) {
        (true, false) => {
            Some(format!("the policy wants to see `{}`, and indicator `{name}` gives readings, no jobs", input.name))
        }
        (false, true) => Some(format!(
            "the policy wants to see `{name}`, and that indicator gives jobs: they are `{name}.jobs.queued`, `.running`, `.waited`, `.finished`"
        )),
        _ => None,
    }
}

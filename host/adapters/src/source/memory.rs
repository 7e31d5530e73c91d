//! What a collector remembers of its source: one window for each series, the newest roll of jobs, its health.

use std::collections::BTreeMap;
use std::time::Duration;

use scaling_core::observation::{Attribute, Quality, Scalar, Series, Subject, SubjectKind};
use scaling_core::units::Timestamp;

use super::collector::{Ask, CollectorSettings};
use super::health::SourceHealth;
use super::jobs::{JobEvent, Roll, View};
use super::window::Window;
use super::{Answer, Reading};

/// A series is told from the others by its subject and its labels.
type SeriesKey = (u8, String, Vec<(String, String)>);

/// One series and what it is about.
struct Kept {
    subject: Subject,
    attributes: Vec<Attribute>,
    window: Window,
}

/// What is remembered.
#[derive(Default)]
pub(crate) struct Memory {
    kept: BTreeMap<SeriesKey, Kept>,
    roll: Option<Roll>,
    pub health: SourceHealth,
    /// How far back the windows reach.
    pub window: Duration,
}

impl Memory {
    /// Nothing yet, and room for windows of this length.
    pub fn keeping(window: Duration) -> Self {
        Self { window, ..Self::default() }
    }

    /// Takes in an answer.
    pub fn absorb(&mut self, answer: Answer, now: Timestamp) {
        match answer {
            Answer::Readings(readings) => readings.into_iter().for_each(|reading| self.absorb_reading(reading, now)),
            Answer::Jobs(jobs) => self.roll = Some(Roll { taken_at: now, jobs }),
        }
    }

    pub fn absorb_reading(&mut self, reading: Reading, now: Timestamp) {
        let key = key_of(&reading.subject, &reading.attributes);
        let kept = self.kept.entry(key).or_insert_with(|| Kept {
            subject: reading.subject,
            attributes: reading.attributes,
            window: Window::default(),
        });
        kept.window.absorb(&reading.samples, reading.partial, now);
    }

    /// Forgets what nobody may ask for any more.
    pub fn prune(&mut self, now: Timestamp, settings: &CollectorSettings) {
        let oldest = now.minus(self.window.max(settings.staleness));
        self.kept.values_mut().for_each(|kept| kept.window.prune(oldest, settings.max_samples));
        self.kept.retain(|_, kept| !kept.window.is_empty());
        self.roll = self.roll.take().filter(|roll| roll.taken_at >= oldest);
    }

    /// The series that answer `ask`.
    pub fn answer(&self, ask: &Ask, now: Timestamp, settings: &CollectorSettings, jobs: bool) -> Vec<Series> {
        match (jobs, JobEvent::of(&ask.name)) {
            (false, Some(_)) => vec![absent(ask.name.clone())],
            (false, None) => self.readings(ask, now, settings),
            (true, Some((_, event))) => vec![self.jobs(ask.name.clone(), event, ask, now, settings)],
            (true, None) => {
                JobEvent::ALL.map(|event| self.jobs(event.series_name(&ask.name), event, ask, now, settings)).into()
            }
        }
    }

    fn readings(&self, ask: &Ask, now: Timestamp, settings: &CollectorSettings) -> Vec<Series> {
        let mut series: Vec<Series> = self
            .kept
            .values()
            .filter(|kept| is_about(&kept.subject, ask.subject))
            .map(|kept| kept.series(ask, now, settings))
            .filter(|series| series.quality != Quality::Absent)
            .collect();
        // About agents or replicas there is nobody whose series could be called absent.
        if series.is_empty() && ask.subject == SubjectKind::Target {
            series.push(absent(ask.name.clone()));
        }
        series
    }

    fn jobs(&self, name: String, event: JobEvent, ask: &Ask, now: Timestamp, settings: &CollectorSettings) -> Series {
        let view = View { now, span: ask.window, staleness: settings.staleness, limit: settings.max_samples };
        match &self.roll {
            Some(roll) => roll.series(name, event, &view),
            None => absent(name),
        }
    }
}

impl Kept {
    fn series(&self, ask: &Ask, now: Timestamp, settings: &CollectorSettings) -> Series {
        let (quality, samples) = self.window.view(now, ask.window, settings.staleness);
        let (subject, attributes) = (self.subject.clone(), self.attributes.clone());
        Series { name: ask.name.clone(), subject, quality, samples, attributes }
    }
}

fn absent(name: String) -> Series {
    let (subject, quality) = (Subject::Target, Quality::Absent);
    Series { name, subject, quality, samples: Vec::new(), attributes: Vec::new() }
}

fn is_about(subject: &Subject, kind: SubjectKind) -> bool {
    matches!(
        (subject, kind),
        (Subject::Target, SubjectKind::Target)
            | (Subject::Agent(_), SubjectKind::Agent)
            | (Subject::Replica(_), SubjectKind::Replica)
    )
}

fn key_of(subject: &Subject, attributes: &[Attribute]) -> SeriesKey {
    let (rank, id) = match subject {
        Subject::Target => (0, ""),
        Subject::Agent(id) => (1, id.as_str()),
        Subject::Replica(id) => (2, id.as_str()),
    };
    let text = |value: &Scalar| match value {
        Scalar::Flag(flag) => flag.to_string(),
        Scalar::Int(int) => int.to_string(),
        Scalar::Num(num) => num.get().to_string(),
        Scalar::Text(text) => text.clone(),
    };
    (rank, id.to_owned(), attributes.iter().map(|label| (label.key.clone(), text(&label.value))).collect())
}

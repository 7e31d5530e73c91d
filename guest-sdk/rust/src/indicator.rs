//! All series of one name, as a synthesizing function sees them.

use crate::{Missing, Observation, Quality, Sample, Series, Subject, SubjectKind};

/// All series of one name: several if the input is about agents or replicas, or comes with labels.
#[derive(Clone, Debug)]
pub struct Indicator<'a> {
    series: Vec<&'a Series>,
    now: u64,
    since: u64,
}

/// What the samples of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Readings on a schedule.
    Readings,
    /// Jobs that wait or run now: `jobs.queued`, `jobs.running`. A value is how many; no sample means no job.
    JobsNow,
    /// Jobs of the window: `jobs.waited`, `jobs.finished`. A sample is a job, its value seconds.
    JobsPast,
}

impl Kind {
    /// The kind that the contract gives to this name of a series.
    pub fn of(name: &str) -> Self {
        let jobs = |kind: &str| name == kind || name.strip_suffix(kind).is_some_and(|prefix| prefix.ends_with('.'));
        if jobs("jobs.queued") || jobs("jobs.running") {
            Self::JobsNow
        } else if jobs("jobs.waited") || jobs("jobs.finished") {
            Self::JobsPast
        } else {
            Self::Readings
        }
    }
}

impl Observation {
    /// All series of that name.
    pub fn indicator(&self, name: &str) -> Indicator<'_> {
        let series = self.series.iter().filter(|series| series.name == name).collect();
        Indicator { series, now: self.now, since: 0 }
    }
}

impl<'a> Indicator<'a> {
    /// Only the series about the target, about agents, or about replicas.
    #[must_use]
    pub fn about(mut self, subject: SubjectKind) -> Self {
        self.series.retain(|series| series.subject.kind() == subject);
        self
    }

    /// Only samples of the last so many milliseconds. As in the host, the newest reading belongs to it however old,
    /// and so do jobs that wait or run now.
    #[must_use]
    pub fn within(self, milliseconds: u32) -> Self {
        Self { since: self.now.saturating_sub(u64::from(milliseconds)), ..self }
    }

    /// The series that can be believed, or why there are none. A stale or absent one among fresh ones is left out,
    /// and [`is_partial`](Self::is_partial) says so.
    pub fn usable(&self) -> Result<Vec<Usable<'a>>, Missing> {
        let usable: Vec<_> = self.series.iter().filter(|series| series.is_usable()).map(|s| self.cut(s)).collect();
        match self.series.iter().map(|series| series.quality).max_by_key(|&quality| quality == Quality::Stale) {
            _ if !usable.is_empty() => Ok(usable),
            Some(Quality::Stale) => Err(Missing::Stale),
            Some(_) => Err(Missing::Absent),
            None => Err(Missing::NotObserved),
        }
    }

    /// Whether some part of it did not answer: the number may be too low. Enough to add, too little to remove.
    pub fn is_partial(&self) -> bool {
        self.series.iter().any(|series| series.quality != Quality::Fresh)
    }

    fn cut(&self, series: &'a Series) -> Usable<'a> {
        let kind = Kind::of(&series.name);
        let before = series.samples.partition_point(|sample| sample.at < self.since);
        let from = match kind {
            Kind::JobsNow => 0,
            Kind::JobsPast => before,
            Kind::Readings => before.min(series.samples.len().saturating_sub(1)),
        };
        Usable { kind, samples: &series.samples[from..] }
    }
}

/// One series that can be believed: fresh, or at least partial.
#[derive(Clone, Copy, Debug)]
pub struct Usable<'a> {
    /// What the samples are.
    pub kind: Kind,
    /// Those in the window, oldest first.
    pub samples: &'a [Sample],
}

impl Series {
    /// Neither stale nor absent.
    pub fn is_usable(&self) -> bool {
        matches!(self.quality, Quality::Fresh | Quality::Partial)
    }
}

impl Subject {
    /// The kind of subject.
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Target => SubjectKind::Target,
            Self::Agent(_) => SubjectKind::Agent,
            Self::Replica(_) => SubjectKind::Replica,
        }
    }
}

//! Single jobs: the four `jobs.*` event series of the contract, and how they are kept to its limit.

use std::time::Duration;

use scaling_core::observation::{Quality, Sample, Series, Subject};
use scaling_core::units::{Timestamp, Value};

/// Jobs as the contract's `jobs.*` series define them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jobs {
    /// Those that wait now. At: when queued; value: how many.
    pub queued: Vec<Sample>,
    /// Those that run now. At: when taken; value: how many.
    pub running: Vec<Sample>,
    /// Those taken in the window. At: when taken; value: seconds waited.
    pub waited: Vec<Sample>,
    /// Those ended in the window. At: when ended; value: seconds of service.
    pub finished: Vec<Sample>,
    /// Some jobs could not be seen.
    pub partial: bool,
}

/// What happened to jobs: the last word of a series' name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEvent {
    /// They wait.
    Queued,
    /// They run.
    Running,
    /// They were taken.
    Waited,
    /// They ended.
    Finished,
}

impl JobEvent {
    /// All of them, in the order in which they happen to a job.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Waited, Self::Finished];

    /// The series' name, or the end of it.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Queued => "jobs.queued",
            Self::Running => "jobs.running",
            Self::Waited => "jobs.waited",
            Self::Finished => "jobs.finished",
        }
    }

    /// The event that a series of this name holds, and the indicator that it belongs to:
    /// `work.jobs.queued` is of `work`, `jobs.queued` of `jobs`.
    pub fn of(series: &str) -> Option<(&str, Self)> {
        Self::ALL.into_iter().find_map(|event| match series.strip_suffix(event.suffix())? {
            "" => Some(("jobs", event)),
            prefix => prefix.strip_suffix('.').filter(|name| !name.is_empty()).map(|name| (name, event)),
        })
    }

    /// The name of this event's series of `indicator`.
    pub fn series_name(self, indicator: &str) -> String {
        if indicator == "jobs" { self.suffix().to_owned() } else { format!("{indicator}.{}", self.suffix()) }
    }
}

/// Jobs as a source told them at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Roll {
    pub taken_at: Timestamp,
    pub jobs: Jobs,
}

impl Roll {
    /// One event series. No samples and not absent: there truly are no such jobs.
    pub fn series(&self, name: String, event: JobEvent, view: &View) -> Series {
        let (samples, cut) = self.samples(event, view);
        let quality = if view.now.since(self.taken_at) > view.staleness {
            Quality::Stale
        } else if cut || self.jobs.partial {
            Quality::Partial
        } else {
            Quality::Fresh
        };
        Series { name, subject: Subject::Target, quality, samples, attributes: Vec::new() }
    }

    fn samples(&self, event: JobEvent, view: &View) -> (Vec<Sample>, bool) {
        let jobs = &self.jobs;
        match event {
            JobEvent::Queued => merged(in_order(&jobs.queued, view.now), view.limit),
            JobEvent::Running => merged(in_order(&jobs.running, view.now), view.limit),
            JobEvent::Waited => newest(since(&jobs.waited, view), view.limit),
            JobEvent::Finished => newest(since(&jobs.finished, view), view.limit),
        }
    }
}

/// What an asker wants to see of the jobs.
pub(crate) struct View {
    pub now: Timestamp,
    pub span: Duration,
    pub staleness: Duration,
    pub limit: usize,
}

fn in_order(samples: &[Sample], now: Timestamp) -> Vec<Sample> {
    let mut samples: Vec<Sample> = samples.iter().map(|job| Sample { at: job.at.min(now), value: job.value }).collect();
    samples.sort_by_key(|job| job.at);
    samples
}

fn since(samples: &[Sample], view: &View) -> Vec<Sample> {
    let start = view.now.minus(view.span);
    let mut samples = in_order(samples, view.now);
    samples.retain(|job| job.at >= start);
    samples
}

/// Neighbours made one, the older `at` and the sum, until at most `limit` are left.
fn merged(samples: Vec<Sample>, limit: usize) -> (Vec<Sample>, bool) {
    if samples.len() <= limit {
        return (samples, false);
    }
    let neighbours = samples.len().div_ceil(limit.max(1));
    let sum = |group: &[Sample]| {
        let total = group.iter().map(|job| job.value.get()).sum();
        Value::new(total).map(|value| Sample { at: group[0].at, value })
    };
    (samples.chunks(neighbours).filter_map(sum).collect(), true)
}

/// The newest `limit`.
fn newest(mut samples: Vec<Sample>, limit: usize) -> (Vec<Sample>, bool) {
    let surplus = samples.len().saturating_sub(limit);
    samples.drain(..surplus);
    (samples, surplus > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: u64, value: f64) -> Sample {
        Sample { at: Timestamp(at), value: Value::new(value).unwrap() }
    }

    fn view(now: u64, limit: usize) -> View {
        View { now: Timestamp(now), span: Duration::from_secs(10), staleness: Duration::from_secs(3), limit }
    }

    #[test]
    fn names_lead_to_indicator_and_event() {
        assert_eq!(JobEvent::of("jobs.queued"), Some(("jobs", JobEvent::Queued)));
        assert_eq!(JobEvent::of("work.jobs.finished"), Some(("work", JobEvent::Finished)));
        for name in ["queued", "myjobs.queued", ".jobs.queued", "jobs", "jobs.lost"] {
            assert_eq!(JobEvent::of(name), None, "{name}");
        }
        for event in JobEvent::ALL {
            for indicator in ["jobs", "work"] {
                assert_eq!(JobEvent::of(&event.series_name(indicator)), Some((indicator, event)));
            }
        }
    }

    #[test]
    fn no_job_waiting_is_an_answer_and_not_absent() {
        let roll = Roll { taken_at: Timestamp(1000), jobs: Jobs::default() };
        let series = roll.series("jobs.queued".to_owned(), JobEvent::Queued, &view(2000, 10));
        assert_eq!((series.quality, series.samples.len()), (Quality::Fresh, 0));
    }

    #[test]
    fn over_the_limit_waiting_jobs_are_merged_and_none_is_lost() {
        let queued: Vec<Sample> = (1..=5).map(|n| sample(n * 10, 1.0)).collect();
        let roll = Roll { taken_at: Timestamp(1000), jobs: Jobs { queued, ..Jobs::default() } };
        let series = roll.series(String::new(), JobEvent::Queued, &view(1000, 2));
        assert_eq!(series.samples, [sample(10, 3.0), sample(40, 2.0)]);
        assert_eq!(series.quality, Quality::Partial);
    }

    #[test]
    fn over_the_limit_the_oldest_finished_are_left_out() {
        let finished: Vec<Sample> = [30, 10, 20].iter().map(|&at| sample(at, 1.0)).collect();
        let roll = Roll { taken_at: Timestamp(1000), jobs: Jobs { finished, ..Jobs::default() } };
        let series = roll.series(String::new(), JobEvent::Finished, &view(1000, 2));
        assert_eq!(series.samples, [sample(20, 1.0), sample(30, 1.0)]);
        assert_eq!(series.quality, Quality::Partial);
    }

    #[test]
    fn waiting_jobs_are_seen_however_old_and_taken_ones_within_the_window() {
        let jobs = Jobs {
            queued: vec![sample(1000, 1.0)],
            waited: vec![sample(1000, 2.0), sample(95_000, 3.0)],
            ..Jobs::default()
        };
        let roll = Roll { taken_at: Timestamp(100_000), jobs };
        let seen = |event| roll.series(String::new(), event, &view(100_000, 9)).samples;
        assert_eq!(seen(JobEvent::Queued), [sample(1000, 1.0)]);
        assert_eq!(seen(JobEvent::Waited), [sample(95_000, 3.0)]);
    }

    #[test]
    fn an_old_answer_is_stale() {
        let roll = Roll { taken_at: Timestamp(1000), jobs: Jobs::default() };
        assert_eq!(roll.series(String::new(), JobEvent::Queued, &view(4001, 9)).quality, Quality::Stale);
    }
}

//! From a list of job objects to the `jobs.*` event series.

use std::time::Duration;

use scaling_core::observation::Sample;
use scaling_core::units::{Timestamp, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::location::Location;
use super::moment;
use crate::source::Jobs;

/// Where a job keeps its times, each a place in the job's object. A time that is missing or null has not
/// come yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct JobFields {
    /// Which elements of the list are meant, such as `$[?@.queue == 'mail']`. Left out: all.
    #[serde(default)]
    pub select: Option<Location>,
    /// When it was queued.
    pub queued_at: Location,
    /// When a worker took it.
    #[serde(default)]
    pub taken_at: Option<Location>,
    /// When it ended.
    #[serde(default)]
    pub ended_at: Option<Location>,
    /// How many jobs the object stands for. Left out: one.
    #[serde(default)]
    pub count: Option<Location>,
}

/// The times of one job.
struct Times {
    queued: Option<Timestamp>,
    taken: Option<Timestamp>,
    ended: Option<Timestamp>,
    count: Value,
}

impl JobFields {
    /// The jobs among `items`. Those of the past are told as far back as `window`.
    pub(super) fn jobs(&self, items: &[Json], now: Timestamp, window: Duration) -> Result<Jobs, String> {
        let mut jobs = Jobs::default();
        let start = now.minus(window);
        for (index, item) in items.iter().enumerate() {
            let times = self.times(item).map_err(|fault| format!("job {index} of the list: {fault}"))?;
            times.enter(&mut jobs, start);
        }
        Ok(jobs)
    }

    fn times(&self, item: &Json) -> Result<Times, String> {
        let times = Times {
            queued: at(item, Some(&self.queued_at))?,
            taken: at(item, self.taken_at.as_ref())?,
            ended: at(item, self.ended_at.as_ref())?,
            count: self.count_of(item)?,
        };
        if times.queued.or(times.taken).or(times.ended).is_none() {
            return Err(format!("has no time at {}", self.queued_at));
        }
        Ok(times)
    }

    fn count_of(&self, item: &Json) -> Result<Value, String> {
        let number = match &self.count {
            None => Some(1.0),
            Some(location) => location.find_one(item).and_then(Json::as_f64),
        };
        number.filter(|number| *number >= 0.0).and_then(Value::new).ok_or_else(|| "has no count".to_owned())
    }
}

/// The time at a place, if there is one.
fn at(item: &Json, location: Option<&Location>) -> Result<Option<Timestamp>, String> {
    let Some((location, found)) = location.and_then(|location| Some((location, location.find_one(item)?))) else {
        return Ok(None);
    };
    let expected = || format!("{location} is no time: RFC 3339, or seconds or milliseconds since 1970, was expected");
    moment::read(found).map(Some).ok_or_else(expected)
}

impl Times {
    /// Enters the job where it belongs.
    fn enter(self, jobs: &mut Jobs, start: Timestamp) {
        match (self.queued, self.taken, self.ended) {
            (Some(queued), None, None) => jobs.queued.push(Sample { at: queued, value: self.count }),
            (_, Some(taken), None) => jobs.running.push(Sample { at: taken, value: self.count }),
            (_, Some(taken), Some(ended)) if ended >= start => jobs.finished.extend(lasting(ended, taken, ended)),
            // Ended without having been taken, cancelled for example: it was no work.
            _ => {}
        }
        if let (Some(queued), Some(taken)) = (self.queued, self.taken.filter(|&taken| taken >= start)) {
            jobs.waited.extend(lasting(taken, queued, taken));
        }
    }
}

/// A sample at `at` of the seconds between two moments; zero if the clocks of an API put them the wrong way.
fn lasting(at: Timestamp, from: Timestamp, to: Timestamp) -> Option<Sample> {
    Value::new(to.since(from).as_secs_f64()).map(|value| Sample { at, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_700_000_100_000);

    fn fields(extra: &Json) -> JobFields {
        let mut all = json!({"queued-at": "q", "taken-at": "t", "ended-at": "e"});
        all.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    fn told(fields: &JobFields, items: &Json) -> Result<Jobs, String> {
        fields.jobs(items.as_array().unwrap(), NOW, Duration::from_secs(60))
    }

    fn pairs(samples: &[Sample]) -> Vec<(u64, f64)> {
        samples.iter().map(|sample| (sample.at.0 / 1000 - 1_700_000_000, sample.value.get())).collect()
    }

    #[test]
    fn each_job_is_entered_where_it_is_in_its_life() {
        let t = |seconds: u64| 1_700_000_000 + seconds;
        let jobs = told(
            &fields(&json!({})),
            &json!([
                {"q": t(1)},
                {"q": t(50), "t": t(70), "e": null},
                {"q": t(60), "t": t(80), "e": t(95)},
                {"q": t(1), "t": t(2), "e": t(3)},
                {"q": t(90), "e": t(91)},
            ]),
        )
        .unwrap();
        assert_eq!(pairs(&jobs.queued), [(1, 1.0)], "waiting, however long");
        assert_eq!(pairs(&jobs.running), [(70, 1.0)]);
        assert_eq!(pairs(&jobs.waited), [(70, 20.0), (80, 20.0)]);
        assert_eq!(pairs(&jobs.finished), [(95, 15.0)], "not what ended before the window, nor what was cancelled");
    }

    #[test]
    fn an_object_may_stand_for_several_jobs() {
        let jobs = told(&fields(&json!({"count": "n"})), &json!([{"q": 1_700_000_001, "n": 12}])).unwrap();
        assert_eq!(pairs(&jobs.queued), [(1, 12.0)]);
        assert!(told(&fields(&json!({"count": "n"})), &json!([{"q": 1_700_000_001, "n": "x"}])).is_err());
    }

    #[test]
    fn no_jobs_is_an_answer() {
        assert_eq!(told(&fields(&json!({})), &json!([])), Ok(Jobs::default()));
    }

    #[test]
    fn a_job_that_can_not_be_understood_names_itself() {
        let fault = told(&fields(&json!({})), &json!([{"q": 1_700_000_001}, {"q": "soon"}])).unwrap_err();
        assert!(fault.starts_with("job 1 of the list: q is no time"), "{fault}");
        let fault = told(&fields(&json!({})), &json!([{"id": 7}])).unwrap_err();
        assert_eq!(fault, "job 0 of the list: has no time at q");
    }
}

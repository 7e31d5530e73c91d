//! What there is to do.

use trimtab_policy_sdk::prelude::*;

use crate::config::Config;
use crate::oldest;
use crate::running::{self, Running};

/// What there is to do.
pub struct Demand {
    /// Jobs that wait.
    pub waiting: f64,
    /// Jobs that wait and, where they are counted, jobs that run.
    pub jobs: f64,
    /// Seconds that the oldest job has waited, if that is asked for and known.
    pub oldest: Option<f64>,
    /// In words, for what follows: `work.jobs.queued 40 + work.jobs.running 3 = 43: 43`.
    pub words: String,
    /// Why there may be more to do than this; enough to add, too little to remove.
    pub doubt: Option<String>,
}

/// What waits has to be known. Of what runs and how old the oldest is, a part that is missing only casts doubt.
pub fn measure(config: &Config, seen: &Observation) -> Result<Demand, String> {
    let name = &config.indicator;
    let waiting = count(seen, name)?;
    let mut doubts = Doubts::default();
    doubts.partial(seen, name);
    let running = running(config, seen, &mut doubts);
    let oldest = oldest(config, seen, waiting, &mut doubts);
    let jobs = waiting + running.as_ref().map_or(0.0, |running| running.jobs);
    let words = match &running {
        Some(running) => format!("{name} {} + {} = {jobs}: {jobs}", short(waiting), running.words, jobs = short(jobs)),
        None => format!("{name} {}", short(waiting)),
    };
    Ok(Demand { waiting, jobs, oldest, words, doubt: doubts.0 })
}

/// At zero replicas, what runs is not ours: an orphan, or a job that one on its way out still finishes.
fn running(config: &Config, seen: &Observation, doubts: &mut Doubts) -> Option<Running> {
    if !config.counts_running() || seen.desired == 0 {
        return None;
    }
    config.running_indicator.iter().for_each(|name| doubts.partial(seen, name));
    doubts.note(running::count(config, seen))
}

/// Where nothing waits, nothing has waited: a source that then has no age to tell is not missed.
fn oldest(config: &Config, seen: &Observation, waiting: f64, doubts: &mut Doubts) -> Option<f64> {
    config.max_age?;
    if waiting == 0.0 {
        return Some(0.0);
    }
    config.age_indicator.iter().for_each(|name| doubts.partial(seen, name));
    doubts.note(oldest::seconds(config, seen))
}

/// The number of an indicator: the newest reading, or how many jobs.
pub fn count(seen: &Observation, name: &str) -> Result<f64, String> {
    match Function::Count.synthesize(&seen.indicator(name)) {
        Ok(number) if number < 0.0 => Err(format!("{name} is {}, and nothing is less than none", short(number))),
        // The sum of no jobs is a negative zero to Rust.
        Ok(number) => Ok(number + 0.0),
        Err(missing) => Err(format!("{name}: {missing}, so what there is to do is not known")),
    }
}

/// The first reason why there may be more than is seen.
#[derive(Default)]
struct Doubts(Option<String>);

impl Doubts {
    /// The number; without it, the doubt.
    fn note<T>(&mut self, measured: Result<T, String>) -> Option<T> {
        match measured {
            Ok(measured) => Some(measured),
            Err(why) => {
                self.0.get_or_insert(why);
                None
            }
        }
    }

    fn partial(&mut self, seen: &Observation, name: &str) {
        let indicator = seen.indicator(name);
        if indicator.usable().is_ok() && indicator.is_partial() {
            self.0.get_or_insert(format!("{name} is partial, there may be more"));
        }
    }
}

/// Two decimals are enough for people.
pub fn short(number: f64) -> f64 {
    let rounded = (number * 100.0).round() / 100.0;
    if rounded.is_finite() { rounded } else { number }
}

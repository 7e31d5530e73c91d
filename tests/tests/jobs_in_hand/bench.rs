//! What the tests have in common: a watch from TOML, and what it says as something to compare.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use adapters::backend::systemd::jobs::{JobsConfig, JobsInHand};
use adapters::backend::systemd::template::Instance;
use adapters::clock::Clock;
use adapters::source::{Connection, Link};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};
use trimtab_tests::lab::Redis;

/// A watch over some instances.
pub struct Bench {
    pub jobs: JobsInHand,
    pub wanted: watch::Sender<BTreeSet<Instance>>,
    pub changed: Arc<Notify>,
    clock: Clock,
}

impl Bench {
    /// Over instances 1 to `most`, by the TOML of the table `jobs`.
    pub fn new(most: u32, jobs: &str, link: Option<Link>) -> Self {
        let config: JobsConfig = toml::from_str(jobs).unwrap_or_else(|error| panic!("{jobs}: {error}"));
        assert_eq!(config.check(), [], "{jobs}");
        let (wanted, receiver) = watch::channel(numbers(most));
        let (clock, changed) = (Clock::system(), Arc::new(Notify::new()));
        let jobs = JobsInHand::watch(config, link, clock, receiver, changed.clone());
        Self { jobs, wanted, changed, clock }
    }

    /// Asked often, over a Redis.
    pub fn over(redis: &Redis, most: u32, jobs: &str) -> Self {
        Self::new(most, &format!("every = '100ms'\n{jobs}"), Some(link(redis)))
    }

    /// What each of 1 to `most` has, `?` if that is not known: `0 2 ?`.
    pub fn told(&self, most: u32) -> String {
        let of = |number| self.jobs.of(&Instance::number(number), self.clock.now());
        let told = (1..=most).map(|number| of(number).map_or("?".to_owned(), |reading| reading.jobs.to_string()));
        told.collect::<Vec<_>>().join(" ")
    }

    /// Waits until the instances are told so, for at most ten seconds.
    pub async fn until(&self, expected: &str) {
        let most = expected.split(' ').count() as u32;
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.told(most) != expected {
            assert!(Instant::now() < deadline, "still {}, not {expected}: {}", self.told(most), self.why(1));
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits for an answer that came to a question of later than now.
    pub async fn one_more_round(&self, number: u32) {
        let (now, deadline) = (self.clock.now(), Instant::now() + Duration::from_secs(10));
        let is_new = || self.jobs.of(&Instance::number(number), self.clock.now()).is_some_and(|it| it.at > now);
        while !is_new() {
            assert!(Instant::now() < deadline, "no new answer: {}", self.why(number));
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Why the jobs of an instance are not known.
    pub fn why(&self, number: u32) -> String {
        let why = self.jobs.why_unknown(&Instance::number(number), self.clock.now());
        why.map_or_else(|| "it is known".to_owned(), |why| why.to_string())
    }

    /// Whether there was a change since this was last asked.
    pub async fn has_changed(&self) -> bool {
        timeout(Duration::ZERO, self.changed.notified()).await.is_ok()
    }
}

/// The instances 1 to `most`.
pub fn numbers(most: u32) -> BTreeSet<Instance> {
    (1..=most).map(Instance::number).collect()
}

fn link(redis: &Redis) -> Link {
    let connection = format!("redis = {{ address = '{}', timeout = '1s' }}", redis.address());
    toml::from_str::<Connection>(&connection).unwrap().open()
}

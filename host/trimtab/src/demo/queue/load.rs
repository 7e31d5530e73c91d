//! The load: how fast jobs come, over the length of the demo, and how long each of them takes.

use std::time::Duration;

use super::random::Random;

/// Jobs per second when it is quiet.
const QUIET: f64 = 0.6;

/// Jobs per second at the height.
const BUSY: f64 = 6.0;

/// Parts of the length at which the load begins to rise, is high, begins to fall, and is quiet again.
const CORNERS: [f64; 4] = [0.10, 0.30, 0.52, 0.70];

/// Shortest and longest service, in seconds.
const SERVICE: (f64, f64) = (0.6, 1.4);

/// A load that rises and falls once in `length`, and then again.
#[derive(Clone, Debug)]
pub struct Load {
    length: Duration,
    at: Duration,
    random: Random,
}

/// A job that will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    /// When, since the start of the load.
    pub at: Duration,
    /// How long it will take.
    pub service: Duration,
}

impl Load {
    /// The load of this seed.
    pub fn new(length: Duration, seed: u64) -> Self {
        Self { length, at: Duration::ZERO, random: Random::new(seed) }
    }

    /// Jobs per second that should come `at` so long after the start.
    fn rate(&self, at: Duration) -> f64 {
        let part = (at.as_secs_f64() / self.length.as_secs_f64().max(f64::MIN_POSITIVE)).fract();
        let [rises, high, falls, quiet] = CORNERS;
        let height = match part {
            part if part < rises || part >= quiet => 0.0,
            part if part < high => (part - rises) / (high - rises),
            part if part < falls => 1.0,
            part => (quiet - part) / (quiet - falls),
        };
        QUIET + (BUSY - QUIET) * height
    }
}

/// Never ends. Gaps are half to one and a half times what the rate says.
impl Iterator for Load {
    type Item = Coming;

    fn next(&mut self) -> Option<Coming> {
        let gap = self.random.between(0.5, 1.5) / self.rate(self.at);
        self.at += Duration::from_secs_f64(gap);
        let service = Duration::from_secs_f64(self.random.between(SERVICE.0, SERVICE.1));
        Some(Coming { at: self.at, service })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn minute(seed: u64) -> Vec<Coming> {
        Load::new(MINUTE, seed).take_while(|coming| coming.at < MINUTE).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_jobs() {
        assert_eq!(minute(7), minute(7));
        assert_ne!(minute(7), minute(8));
    }

    #[test]
    fn it_rises_and_falls() {
        let jobs = minute(7);
        let between = |from: u64, to: u64| jobs.iter().filter(|job| (from..to).contains(&job.at.as_secs())).count();
        assert!((1..=6).contains(&between(0, 6)), "quiet: {}", between(0, 6));
        assert!((50..=84).contains(&between(19, 31)), "busy: {}", between(19, 31));
        assert!((4..=16).contains(&between(44, 60)), "quiet again: {}", between(44, 60));
    }

    #[test]
    fn it_rises_again() {
        let second = Load::new(MINUTE, 7).skip_while(|job| job.at < MINUTE).take_while(|job| job.at < 2 * MINUTE);
        assert!(second.count() > 100);
    }
}

//! What a worker uses: rates from two readings of `/proc/PID/stat`.

use std::collections::HashMap;
use std::time::Duration;

use scaling_core::observation::Usage;
use scaling_core::units::Value;

use super::boot::Uptime;
use super::procfs::Stat;
use super::roster::Start;

/// A clock tick is 10 ms: a rate over less than this would be mostly rounding.
const SHORTEST_SPAN: Duration = Duration::from_millis(500);

/// Remembers the last reading of each worker.
#[derive(Debug, Default)]
pub struct Sampler {
    readings: HashMap<Start, Reading>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Uptime,
    cpu_ticks: u64,
    major_faults: u64,
    rates: Option<Rates>,
}

#[derive(Clone, Copy, Debug)]
struct Rates {
    cpu_cores: f64,
    page_faults: f64,
}

impl Sampler {
    /// What a worker uses, its children not counted. Rates are known from the second reading on. The time of the
    /// measurement and the jobs are the caller's to fill in.
    pub fn usage(&mut self, start: Start, stat: &Stat, at: Uptime) -> Usage {
        let reading = self.read(start, stat, at);
        self.readings.insert(start, reading);
        Usage {
            at: None,
            cpu_cores: reading.rates.and_then(|rates| Value::new(rates.cpu_cores)),
            memory_bytes: Some(stat.resident_pages.saturating_mul(rustix::param::page_size() as u64)),
            threads: Some(stat.threads),
            page_faults: reading.rates.and_then(|rates| Value::new(rates.page_faults)),
            jobs: None,
        }
    }

    /// Forgets all that are not among `present`.
    pub fn keep_only(&mut self, present: impl Fn(&Start) -> bool) {
        self.readings.retain(|start, _| present(start));
    }

    fn read(&self, start: Start, stat: &Stat, at: Uptime) -> Reading {
        let now = Reading { at, cpu_ticks: stat.cpu_ticks, major_faults: stat.major_faults, rates: None };
        match self.readings.get(&start) {
            None => now,
            Some(last) if at.since(last.at) < SHORTEST_SPAN => *last,
            Some(last) => Reading { rates: Some(rates(last, &now)), ..now },
        }
    }
}

fn rates(last: &Reading, now: &Reading) -> Rates {
    let seconds = now.at.since(last.at).as_secs_f64();
    let cpu_seconds =
        now.cpu_ticks.saturating_sub(last.cpu_ticks) as f64 / rustix::param::clock_ticks_per_second() as f64;
    Rates {
        cpu_cores: cpu_seconds / seconds,
        page_faults: now.major_faults.saturating_sub(last.major_faults) as f64 / seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Start = Start { number: 1, start: 1 };

    fn stat(cpu_ticks: u64, major_faults: u64) -> Stat {
        Stat { state: 'S', group: 1, major_faults, cpu_ticks, threads: 3, start_ticks: 5, resident_pages: 2 }
    }

    #[test]
    fn the_first_reading_knows_no_rates() {
        let usage = Sampler::default().usage(START, &stat(100, 0), Uptime(0));
        assert_eq!((usage.cpu_cores, usage.page_faults), (None, None));
        assert_eq!((usage.threads, usage.memory_bytes), (Some(3), Some(2 * rustix::param::page_size() as u64)));
    }

    #[test]
    fn rates_are_per_second_and_outlive_hasty_readings() {
        let ticks = rustix::param::clock_ticks_per_second();
        let mut sampler = Sampler::default();
        sampler.usage(START, &stat(0, 10), Uptime(1000));
        let later = sampler.usage(START, &stat(3 * ticks, 14), Uptime(3000));
        assert_eq!((later.cpu_cores, later.page_faults), (Value::new(1.5), Value::new(2.0)));
        let hasty = sampler.usage(START, &stat(4 * ticks, 14), Uptime(3001));
        assert_eq!(hasty.cpu_cores, Value::new(1.5));
        let next = sampler.usage(START, &stat(5 * ticks, 14), Uptime(4000));
        assert_eq!(next.cpu_cores, Value::new(2.0), "the hasty reading is not the base of the next");
    }

    #[test]
    fn a_new_start_begins_anew() {
        let mut sampler = Sampler::default();
        sampler.usage(START, &stat(900, 0), Uptime(0));
        let usage = sampler.usage(Start { start: 2, ..START }, &stat(1, 0), Uptime(5000));
        assert_eq!(usage.cpu_cores, None);
        sampler.keep_only(|start| start.start == 2);
        assert_eq!(sampler.readings.len(), 1);
    }
}

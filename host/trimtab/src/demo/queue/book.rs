//! The book of jobs: who waits, who runs, who is done. It is told the time and touches nothing.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use scaling_core::units::Timestamp;

use super::ledger::Ledger;
use super::waits::Waits;

/// A job that was taken and not finished for so long was lost by its worker: it is put back.
pub const VISIBILITY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many ended jobs are still told of one by one.
const KEPT_ENDED: usize = 500;

/// How far back arrivals are counted to say how fast they come.
const ARRIVAL_SPAN: Duration = Duration::from_secs(3);

/// One job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Counts from 1.
    pub id: u64,
    /// When it came.
    pub queued_at: Timestamp,
    /// How long a worker needs for it.
    pub service: Duration,
}

/// A job in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub job: Job,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// By whom.
    pub worker: String,
}

/// A job that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which.
    pub job: Job,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// When it was done.
    pub ended_at: Timestamp,
}

/// How the queue is at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counters {
    /// Jobs that nobody has taken.
    pub waiting: u32,
    /// Jobs in the hands of workers.
    pub running: u32,
    /// Jobs done since the start.
    pub done: u64,
    /// Jobs that came since the start.
    pub queued: u64,
    /// Times that a job was put back, since its worker was lost.
    pub put_back: u64,
    /// Jobs that come per second, now.
    pub arrivals_per_second: f64,
}

/// All jobs.
#[derive(Debug, Default)]
pub struct Book {
    waiting: VecDeque<Job>,
    running: BTreeMap<u64, Taken>,
    ended: VecDeque<Ended>,
    arrivals: VecDeque<Timestamp>,
    queued: u64,
    done: u64,
    put_back: u64,
    waits: Waits,
    ledger: Ledger,
}

impl Book {
    /// A new job at the end of the queue.
    pub fn queue(&mut self, service: Duration, now: Timestamp) {
        self.queued += 1;
        let job = Job { id: self.queued, queued_at: now, service };
        self.waiting.push_back(job);
        self.arrivals.push_back(now);
        self.ledger.came(&job);
    }

    /// Hands the oldest job to `worker`.
    pub fn take(&mut self, worker: &str, now: Timestamp) -> Option<Job> {
        let job = self.waiting.pop_front()?;
        let waited = now.since(job.queued_at);
        self.waits.record(waited);
        self.ledger.waited(waited);
        self.running.insert(job.id, Taken { job, taken_at: now, worker: worker.to_owned() });
        Some(job)
    }

    /// A worker says that it is done. False: it was put back, or done, before.
    pub fn finish(&mut self, id: u64, now: Timestamp) -> bool {
        let Some(Taken { job, taken_at, .. }) = self.running.remove(&id) else { return false };
        self.done += 1;
        self.ended.push_back(Ended { job, taken_at, ended_at: now });
        if self.ended.len() > KEPT_ENDED {
            self.ended.pop_front();
        }
        true
    }

    /// Puts back what lost workers had, to the head of the queue. Returns how many.
    pub fn put_back(&mut self, now: Timestamp) -> usize {
        let lost: Vec<u64> = self.running.iter().filter(|(_, t)| is_lost(t, now)).map(|(id, _)| *id).collect();
        for id in lost.iter().rev() {
            self.waiting.extend(self.running.remove(id).map(|taken| taken.job));
            self.waiting.rotate_right(1);
        }
        self.put_back += lost.len() as u64;
        lost.len()
    }

    /// How it is now.
    pub fn counters(&mut self, now: Timestamp) -> Counters {
        while self.arrivals.front().is_some_and(|at| now.since(*at) > ARRIVAL_SPAN) {
            self.arrivals.pop_front();
        }
        Counters {
            waiting: self.waiting.len() as u32,
            running: self.running.len() as u32,
            done: self.done,
            queued: self.queued,
            put_back: self.put_back,
            arrivals_per_second: self.arrivals.len() as f64 / ARRIVAL_SPAN.as_secs_f64(),
        }
    }

    /// How many jobs `worker` has in hand.
    pub fn in_hand(&self, worker: &str) -> usize {
        self.running.values().filter(|taken| taken.worker == worker).count()
    }

    /// Jobs that wait, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = &Job> {
        self.waiting.iter()
    }

    /// Jobs that run.
    pub fn running(&self) -> impl Iterator<Item = &Taken> {
        self.running.values()
    }

    /// The latest of those that are done, oldest first.
    pub fn ended(&self) -> impl Iterator<Item = &Ended> {
        self.ended.iter()
    }

    /// How long jobs waited, as a histogram.
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    /// What a summary needs.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}

fn is_lost(taken: &Taken, now: Timestamp) -> bool {
    now.since(taken.taken_at) > taken.job.service + VISIBILITY_TIMEOUT
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(seconds: u64) -> Timestamp {
        Timestamp(1_000_000).plus(Duration::from_secs(seconds))
    }

    fn waiting(book: &Book) -> Vec<u64> {
        book.waiting().map(|job| job.id).collect()
    }

    #[test]
    fn jobs_are_taken_in_order_and_finished_once() {
        let mut book = Book::default();
        book.queue(SECOND, at(0));
        book.queue(SECOND, at(0));
        let job = book.take("w1", at(2)).unwrap();
        assert_eq!((job.id, book.in_hand("w1"), book.in_hand("w2")), (1, 1, 0));
        assert!(book.finish(job.id, at(3)));
        assert!(!book.finish(job.id, at(3)));
        let counters = book.counters(at(3));
        assert_eq!((counters.waiting, counters.running, counters.done, counters.queued), (1, 0, 1, 2));
        assert_eq!(book.ended().next().unwrap().ended_at, at(3));
    }

    #[test]
    fn what_a_lost_worker_had_is_put_back_to_the_head_in_order() {
        let mut book = Book::default();
        (0..3).for_each(|_| book.queue(SECOND, at(0)));
        book.take("dead", at(0));
        book.take("dead", at(0));
        assert_eq!(book.put_back(at(6)), 0, "one second of service and five of patience are not over");
        assert_eq!(book.put_back(at(7)), 2);
        assert_eq!(waiting(&book), [1, 2, 3]);
        assert_eq!(book.counters(at(7)).put_back, 2);
    }

    #[test]
    fn arrivals_are_counted_over_the_last_seconds() {
        let mut book = Book::default();
        (0..6).for_each(|_| book.queue(SECOND, at(0)));
        assert_eq!(book.counters(at(1)).arrivals_per_second, 2.0);
        assert_eq!(book.counters(at(9)).arrivals_per_second, 0.0);
    }
}

//! What the queue's tasks share: the book, and who waits for a job.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use adapters::clock::Clock;
use scaling_core::units::Timestamp;
use tokio::sync::Notify;

use super::book::{Book, Job};
use crate::lock::lock;

/// A worker that has not asked for so long has left: half a second of waiting and 1.4 s of work lie between.
const ABSENT: Duration = Duration::from_millis(2500);

/// The heart of the queue.
pub(super) struct Shared {
    pub clock: Clock,
    pub book: Mutex<Book>,
    /// Something came, or the queue was closed.
    news: Notify,
    idle: AtomicUsize,
    /// When each worker asked last, without those that were sent home.
    workers: Mutex<BTreeMap<String, Timestamp>>,
    closed: AtomicBool,
}

impl Shared {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            book: Mutex::default(),
            news: Notify::new(),
            idle: AtomicUsize::new(0),
            workers: Mutex::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// A new job.
    pub fn queue(&self, service: Duration) {
        lock(&self.book).queue(service, self.clock.now());
        self.news.notify_waiters();
    }

    /// Puts back the jobs of lost workers.
    pub fn put_back(&self) {
        if lock(&self.book).put_back(self.clock.now()) > 0 {
            self.news.notify_waiters();
        }
    }

    /// The next job for `worker`, as soon as there is one; `None` once the queue is closed.
    pub async fn next_job(&self, worker: &str) -> Option<Job> {
        lock(&self.workers).insert(worker.to_owned(), self.clock.now());
        let mut idle = None;
        loop {
            // Made before the look, so that nothing that comes in between is missed.
            let news = self.news.notified();
            if self.closed.load(Ordering::Relaxed) {
                lock(&self.workers).remove(worker);
                return None;
            }
            if let Some(job) = lock(&self.book).take(worker, self.clock.now()) {
                return Some(job);
            }
            idle.get_or_insert_with(|| Idle::one_more(&self.idle));
            news.await;
        }
    }

    /// Workers that ask for a job right now and get none.
    pub fn idle(&self) -> usize {
        self.idle.load(Ordering::Relaxed)
    }

    /// Hands out nothing any more.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.news.notify_waiters();
    }

    /// Whether nobody is left: all were sent home, or have not asked for longer than any job takes.
    pub fn is_deserted(&self) -> bool {
        let mut workers = lock(&self.workers);
        workers.retain(|_, asked_at| self.clock.now().since(*asked_at) < ABSENT);
        workers.is_empty()
    }
}

/// Counts a worker as idle while it lives: also if the worker hangs up and the request is dropped.
struct Idle<'a>(&'a AtomicUsize);

impl<'a> Idle<'a> {
    fn one_more(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

//! The threads that evaluate.
//!
//! A policy never runs on a thread of the async runtime: it may keep its thread busy up to its
//! deadline. Waiting for a thread is waiting for a permit, so that the queue behind it stays short
//! and a caller that gives up leaves it. A running call is never abandoned halfway: it ends by
//! itself or by its deadline.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use crate::error::RuntimeError;

type Job = Box<dyn FnOnce() + Send>;

/// Room for the host's own frames below and above the 512 KiB of the policy.
const STACK_BYTES: usize = 2 << 20;

/// A fixed set of threads.
pub(crate) struct Pool {
    jobs: Sender<Job>,
    permits: Arc<Semaphore>,
}

/// The job died or no thread is left to run it.
#[derive(Debug)]
pub(crate) struct Lost;

impl Pool {
    /// Starts `workers` threads, which end when the pool is dropped.
    pub(crate) fn start(workers: usize) -> Result<Self, RuntimeError> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..workers.max(1) {
            let queue = Arc::clone(&queue);
            thread::Builder::new()
                .name(format!("policy-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || work_off(&queue))
                .map_err(RuntimeError::Thread)?;
        }
        // Twice as many, so that a thread that is done finds the next job waiting.
        Ok(Self { jobs, permits: Arc::new(Semaphore::new(2 * workers.max(1))) })
    }

    /// Runs `work` on one of the threads.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Lost> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Lost)?;
        let (answer, answered) = oneshot::channel();
        let job = move || {
            // Nobody may be waiting any more; that is no fault.
            let _ = answer.send(work());
            drop(permit);
        };
        self.jobs.send(Box::new(job)).map_err(|_| Lost)?;
        answered.await.map_err(|_| Lost)
    }
}

fn work_off(queue: &Mutex<Receiver<Job>>) {
    while let Some(job) = next(queue) {
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("a policy evaluation panicked in the host; the evaluation is lost, the thread goes on");
        }
    }
}

fn next(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

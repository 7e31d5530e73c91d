//! Jobs of systemd, and who waits for their end.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Ends that are kept for whoever has not yet heard what the job is called: the signal may come before the answer.
const MOST_KEPT: usize = 1024;

/// The jobs of one connection.
#[derive(Debug, Default)]
pub struct Jobs(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    waiting: HashMap<String, Vec<oneshot::Sender<String>>>,
    ended: VecDeque<(String, String)>,
    over: bool,
}

impl Jobs {
    /// How the job ends, in systemd's word. An error: the connection was lost before.
    pub fn end_of(&self, job: &str) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        let mut inner = self.lock();
        let ended = inner.ended.iter().find(|(path, _)| path == job).map(|(_, result)| result.clone());
        match ended {
            Some(result) => drop(sender.send(result)),
            // Dropped, the sender says that nothing will come.
            None if inner.over => {}
            None => inner.waiting.entry(job.to_owned()).or_default().push(sender),
        }
        receiver
    }

    /// A job has ended.
    pub fn ended(&self, job: String, result: String) {
        let mut inner = self.lock();
        for waiting in inner.waiting.remove(&job).into_iter().flatten() {
            let _ = waiting.send(result.clone());
        }
        inner.ended.push_back((job, result));
        if inner.ended.len() > MOST_KEPT {
            inner.ended.pop_front();
        }
    }

    /// The connection is lost: nobody will hear of a job any more.
    pub fn give_up(&self) {
        let mut inner = self.lock();
        inner.over = true;
        inner.waiting.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = "/org/freedesktop/systemd1/job/7";

    #[test]
    fn all_who_wait_hear_the_end() {
        let jobs = Jobs::default();
        let mut both = [jobs.end_of(JOB), jobs.end_of(JOB)];
        assert!(both[0].try_recv().is_err());
        jobs.ended(JOB.to_owned(), "done".to_owned());
        assert!(both.iter_mut().all(|end| end.try_recv().unwrap() == "done"));
    }

    #[test]
    fn an_end_before_the_answer_is_not_lost() {
        let jobs = Jobs::default();
        jobs.ended(JOB.to_owned(), "failed".to_owned());
        assert_eq!(jobs.end_of(JOB).try_recv().unwrap(), "failed");
    }

    #[test]
    fn nobody_waits_on_a_lost_connection() {
        let jobs = Jobs::default();
        let mut before = jobs.end_of(JOB);
        jobs.give_up();
        assert_eq!(before.try_recv().unwrap_err(), oneshot::error::TryRecvError::Closed);
        assert_eq!(jobs.end_of(JOB).try_recv().unwrap_err(), oneshot::error::TryRecvError::Closed);
    }

    #[test]
    fn old_ends_are_forgotten() {
        let jobs = Jobs::default();
        (0..=MOST_KEPT).for_each(|job| jobs.ended(job.to_string(), "done".to_owned()));
        assert!(jobs.end_of("0").try_recv().is_err());
        assert!(jobs.end_of("1").try_recv().is_ok());
    }
}

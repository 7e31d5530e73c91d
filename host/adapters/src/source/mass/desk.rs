//! Where the last look at something lies, for all who want to know it in the same moment.

use std::future::Future;
use std::sync::Arc;

use scaling_core::units::millis;
use tokio::sync::Mutex;
use tokio::time::{Duration, Instant};

use crate::source::SourceError;

/// Questions that come within this time share a look. Targets of one interval tick a millisecond apart.
pub(super) const SAME_MOMENT: Duration = Duration::from_secs(1);

/// The last look, or what came of it.
pub(super) struct Desk<T>(Mutex<Option<Taken<T>>>);

/// What was seen.
pub(super) struct Look<T> {
    /// It shows what was there at some time before this moment.
    pub ended: Instant,
    /// It.
    pub seen: Arc<T>,
}

struct Taken<T> {
    began: Instant,
    ended: Instant,
    outcome: Result<Arc<T>, SourceError>,
}

impl<T> Default for Desk<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Desk<T> {
    /// A look that began at `since` or later: the last one, else what `take` gives. Who comes while one is
    /// taken waits for it.
    ///
    /// A failure is shared as well, so that a server in trouble is asked once for each moment.
    pub async fn look(
        &self,
        since: Instant,
        limit: Duration,
        take: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<Look<T>, SourceError> {
        let mut last = self.0.lock().await;
        if let Some(taken) = &*last
            && taken.began >= since
        {
            return taken.look();
        }
        let began = Instant::now();
        // What remains if we are dropped in the middle, which is what happens at the time-out. Otherwise
        // each of those who wait would send one more request in its last moment.
        *last = Some(Taken { began, ended: began, outcome: Err(SourceError::Timeout { limit_ms: millis(limit) }) });
        let outcome = take.await.map(Arc::new);
        last.insert(Taken { began, ended: Instant::now(), outcome }).look()
    }
}

impl<T> Taken<T> {
    fn look(&self) -> Result<Look<T>, SourceError> {
        let seen = self.outcome.clone()?;
        Ok(Look { ended: self.ended, seen })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn who_comes_in_the_same_moment_shares_the_look_and_who_comes_later_takes_one() {
        let (desk, taken) = (Desk::default(), AtomicU32::new(0));
        let take = || async { Ok(taken.fetch_add(1, Ordering::Relaxed)) };
        let start = Instant::now();
        let seen = |look: Result<Look<u32>, SourceError>| look.map(|look| *look.seen);
        assert_eq!(seen(desk.look(start, LIMIT, take()).await), Ok(0));
        assert_eq!(seen(desk.look(start, LIMIT, take()).await), Ok(0));
        tokio::time::advance(SAME_MOMENT).await;
        assert_eq!(seen(desk.look(Instant::now(), LIMIT, take()).await), Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_hung_is_a_failure_for_all_of_that_moment() {
        let desk = Desk::<u32>::default();
        let start = Instant::now();
        let hung = tokio::time::timeout(LIMIT, desk.look(start, LIMIT, std::future::pending())).await;
        assert!(hung.is_err());
        let waited = desk.look(start, LIMIT, async { Ok(0) }).await;
        assert_eq!(waited.err(), Some(SourceError::Timeout { limit_ms: 5000 }), "and nobody asks once more");
        assert!(desk.look(Instant::now(), LIMIT, async { Ok(1) }).await.is_ok());
    }
}

//! What happened and was not told to the host yet.

use std::sync::{Arc, Mutex, PoisonError};

use scaling_core::status::{News, NewsKind};
use scaling_core::units::{ReplicaId, Timestamp};

/// More than this is not kept for a host that does not look.
const LONGEST_BULLETIN: usize = 1000;

/// News that nobody has taken yet.
#[derive(Clone, Debug, Default)]
pub struct Bulletin(Arc<Mutex<Vec<News>>>);

impl Bulletin {
    /// Adds one; the oldest goes if there are too many.
    pub fn put(&self, news: News) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == LONGEST_BULLETIN {
            all.remove(0);
        }
        all.push(news);
    }

    /// Logs and adds what happened to a replica: "web-3 ended ...".
    pub fn tell(&self, at: Timestamp, replica: ReplicaId, kind: NewsKind, what: &str) {
        tracing::warn!(%replica, what = kind.label(), "{replica} {what}");
        self.put(News::of(replica, at, kind, what));
    }

    /// Takes all.
    pub fn take(&self) -> Vec<News> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

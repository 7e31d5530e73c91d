//! For whoever must know what a consumer has in its hands, such as a backend before it stops one.

use scaling_core::units::Timestamp;
use tokio::time::Instant;

use crate::source::SourceError;
use crate::source::redis::RedisLink;

/// A task that a consumer has taken and not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedTask {
    /// Karton's name for it: `{ROOT}:UID` since Karton 5.4, before that `UID`.
    pub uid: String,
    /// Name of the whole analysis.
    pub root_uid: String,
    /// When it was taken, on the clock of the consumer.
    pub since: Timestamp,
}

impl StartedTask {
    /// The name without the root's.
    pub fn short_uid(&self) -> &str {
        match self.uid.rsplit_once("}:") {
            Some((root, uid)) if root.starts_with('{') => uid,
            _ => &self.uid,
        }
    }
}

/// The tasks that consumers of `identity` have taken, oldest first.
///
/// Orphans are among them: Karton does not record who has a task. Questions in the same moment share
/// one look at Redis. A record that can't be read may be that of a running task: then nothing is answered.
pub async fn started_tasks(link: &RedisLink, identity: &str) -> Result<Vec<StartedTask>, SourceError> {
    let census = link.karton.census(link, Instant::now()).await?;
    if census.is_partial(identity) {
        let what = format!("some records of Karton tasks can't be read, so nobody knows what runs for {identity}");
        return Err(SourceError::Garbled(what));
    }
    let started = census.started(identity).into_iter().map(|(uid, task)| StartedTask {
        uid: uid.to_owned(),
        root_uid: task.root_uid.clone(),
        since: task.since,
    });
    Ok(started.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_name_is_the_same_in_all_versions() {
        for uid in ["{r-1}:u-1", "u-1"] {
            let task = StartedTask { uid: uid.to_owned(), root_uid: String::new(), since: Timestamp(0) };
            assert_eq!(task.short_uid(), "u-1");
        }
    }
}

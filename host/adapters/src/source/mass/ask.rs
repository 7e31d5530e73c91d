//! Putting a question about an analysis system.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use scaling_core::units::Timestamp;
use tokio::time::Instant;

use super::count::Count;
use super::desk::SAME_MOMENT;
use super::link::{FirstPage, MassLink};
use super::systems::Systems;
use super::{Question, Read, Unregistered};
use crate::source::{Answer, Source, SourceError};

/// A question over an open connection.
pub(crate) struct MassSource {
    pub(super) question: Question,
    pub(super) link: Arc<MassLink>,
}

/// Requests of a system, and the moment before which they were counted.
struct Counted {
    requests: Count,
    ended: Instant,
}

#[async_trait]
impl Source for MassSource {
    async fn ask(&self, now: Timestamp, _window: Duration) -> Result<Answer, SourceError> {
        let asked = Instant::now();
        let since = asked.checked_sub(SAME_MOMENT).unwrap_or(asked);
        let systems = self.link.systems(since).await?.seen;
        let count = match systems.find(self.system()) {
            Some(system) => self.count(system.id.as_deref(), since, now).await?,
            None => self.unregistered(&systems)?,
        };
        Ok(count.answer(now))
    }
}

impl MassSource {
    fn system(&self) -> &str {
        self.question.analysis_system.as_str()
    }

    async fn count(&self, id: Option<&str>, since: Instant, now: Timestamp) -> Result<Count, SourceError> {
        let system = self.system();
        Ok(match self.question.read {
            Read::Demand => {
                let Counted { requests, ended } = self.requests(id, since, now).await?;
                // Only a later look shows what has been scheduled since: better twice than not at all.
                requests + self.link.instances(since.max(ended)).await?.seen.scheduled(system)
            }
            Read::Requests => self.requests(id, since, now).await?.requests,
            Read::Scheduled => self.link.instances(since).await?.seen.scheduled(system),
            Read::InstancesOnline => self.link.instances(since).await?.seen.online(system),
            Read::Instances => self.link.instances(since).await?.seen.all(system),
        })
    }

    /// Reads all pages only if it must: to look at each request's time, or from a server that can't count.
    async fn requests(&self, id: Option<&str>, since: Instant, now: Timestamp) -> Result<Counted, SourceError> {
        if self.question.due_only {
            let look = self.link.all_requests(since).await?;
            return Ok(Counted { requests: look.seen.due(self.system(), now), ended: look.ended });
        }
        let look = self.link.first_requests(since).await?;
        if let FirstPage::All(requests) = &*look.seen {
            return Ok(Counted { requests: requests.all(self.system()), ended: look.ended });
        }
        if let Some(id) = id {
            let look = self.link.counted(id, since).await?;
            if let Some(number) = *look.seen {
                return Ok(Counted { requests: Count { number, partial: false }, ended: look.ended });
            }
        }
        let look = self.link.all_requests(since).await?;
        Ok(Counted { requests: look.seen.all(self.system()), ended: look.ended })
    }

    fn unregistered(&self, systems: &Systems) -> Result<Count, SourceError> {
        if self.question.unregistered == Unregistered::Zero && !systems.is_partial() {
            return Ok(Count::default());
        }
        Err(SourceError::Garbled(format!(
            "{} has no analysis system {:?}; there are: {}",
            self.link.place("analysis_system"),
            self.system(),
            systems.listed()
        )))
    }
}

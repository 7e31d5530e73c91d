//! Puts the status of the target together: what the supervisor shows, and what is measured now.

use std::collections::HashSet;
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

use scaling_core::observation::{Agent, AgentState, Platform, Replica, ReplicaState, Usage};
use scaling_core::status::{PlacementScope, RemovalScope, TargetStatus};
use scaling_core::units::{Generation, Timestamp};

use tokio::sync::OwnedSemaphorePermit;

use super::boot::Uptime;
use super::procfs::Stat;
use super::report::Shown;
use super::roster::Start;
use super::usage::Sampler;
use super::{ProcessBackend, spawn};
use crate::backend::blocking::blocking;
use crate::backend::platform::Machine;

/// An answer of a jobs probe that is older than this is not known any more.
const JOBS_AGE: Duration = Duration::from_secs(5);

/// What must be remembered from one observation to the next.
#[derive(Debug, Default)]
pub struct Measures {
    sampler: Sampler,
    machine: Machine,
}

/// What was measured.
struct Measured {
    /// One for each replica that is shown.
    usages: Vec<Usage>,
    platform: Platform,
    installed: bool,
}

impl ProcessBackend {
    /// Reads `/proc` on a thread that may block.
    ///
    /// `permit` stays with that thread, however long it takes: only one may be at it at a time.
    pub(super) async fn read_status(&self, now: Timestamp, permit: OwnedSemaphorePermit) -> TargetStatus {
        let view = self.view.borrow().clone();
        let (measures, place, dir) = (self.measures.clone(), self.place.clone(), self.state_dir.clone());
        let shown = view.clone();
        let measured = blocking(move || {
            let _until_done = permit;
            let mut measures = measures.lock().unwrap_or_else(PoisonError::into_inner);
            let installed = spawn::find_program(&place.config).is_some();
            measures.measure(&shown.replicas, &dir, now, installed)
        })
        .await;
        let agent = self.agent(&view.replicas, &measured);
        let replicas = view.replicas.iter().zip(measured.usages).map(|(shown, usage)| Replica {
            agent: Some(self.agent.clone()),
            usage,
            ..shown.replica.clone()
        });
        TargetStatus {
            replicas: replicas.collect(),
            agents: vec![agent],
            attributes: Vec::new(),
            removal: RemovalScope::Replica,
            placement: PlacementScope::Agent,
            last_order: view.generation.map(Generation),
            news: self.bulletin.take(),
        }
    }

    fn agent(&self, replicas: &[Shown], measured: &Measured) -> Agent {
        let there = u32::try_from(replicas.len()).unwrap_or(u32::MAX);
        let failed = replicas.iter().filter(|shown| shown.replica.state == ReplicaState::Failed).count();
        let limit = self.place.config.replica_limit;
        Agent {
            id: self.agent.clone(),
            state: AgentState::Open,
            installed: measured.installed,
            replicas: there - u32::try_from(failed).unwrap_or(there),
            replica_limit: limit,
            room: limit.map(|limit| limit.saturating_sub(there)),
            platform: measured.platform.clone(),
            attributes: Vec::new(),
        }
    }
}

impl Measures {
    fn measure(&mut self, replicas: &[Shown], dir: &Path, now: Timestamp, installed: bool) -> Measured {
        let usages = replicas.iter().map(|shown| self.usage(shown, now)).collect();
        let present: HashSet<Start> = replicas.iter().map(|shown| shown.start).collect();
        self.sampler.keep_only(|start| present.contains(start));
        Measured { usages, platform: self.machine.platform(dir), installed }
    }

    fn usage(&mut self, shown: &Shown, now: Timestamp) -> Usage {
        let stat = shown.process.and_then(|process| process.stat().ok()?).filter(|stat: &Stat| !stat.is_zombie());
        let Some(stat) = stat else { return Usage::default() };
        let jobs = shown.jobs.get().filter(|(_, at)| now.since(*at) <= JOBS_AGE).map(|(jobs, _)| jobs);
        // The host's clock serves here as well as the uptime: only differences count.
        let Timestamp(moment) = now;
        Usage { at: Some(now), jobs, ..self.sampler.usage(shown.start, &stat, Uptime(moment)) }
    }
}

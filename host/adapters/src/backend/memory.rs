//! Replicas that exist in memory only: for benchmarks, trials of a policy, and tests of the host.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use scaling_core::observation::{Replica, ReplicaState, Usage};
use scaling_core::status::{Action, Order, PlacementScope, RemovalScope, TargetStatus};
use scaling_core::units::{Generation, ReplicaId, Timestamp};

use super::{Backend, BackendError};
use crate::clock::Clock;

/// Obeys at once and never fails. What it has is gone when the host ends.
pub struct MemoryBackend {
    clock: Clock,
    held: Mutex<Held>,
}

struct Held {
    replicas: Vec<Replica>,
    started: u64,
    last: Generation,
}

impl MemoryBackend {
    /// A target that has `replicas` ready ones.
    pub fn new(clock: Clock, replicas: u32) -> Self {
        let mut held = Held { replicas: Vec::new(), started: 0, last: Generation(0) };
        held.start(replicas, clock.now());
        Self { clock, held: Mutex::new(held) }
    }
}

impl Held {
    fn start(&mut self, count: u32, now: Timestamp) {
        for _ in 0..count {
            self.started += 1;
            self.replicas.push(Replica {
                id: ReplicaId(format!("r{:06}", self.started)),
                agent: None,
                state: ReplicaState::Ready,
                started: Some(now),
                since: now,
                usage: Usage::default(),
                attributes: Vec::new(),
            });
        }
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    async fn observe(&self, _now: Timestamp) -> Result<TargetStatus, BackendError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(TargetStatus {
            replicas: held.replicas.clone(),
            agents: Vec::new(),
            attributes: Vec::new(),
            removal: RemovalScope::Replica,
            placement: PlacementScope::Any,
            last_order: None,
            news: Vec::new(),
        })
    }

    async fn carry_out(&self, order: &Order) -> Result<(), BackendError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if order.generation <= held.last {
            return Ok(());
        }
        held.last = order.generation;
        match &order.action {
            Action::Add(addition) => {
                held.start(u32::try_from(addition.size()).unwrap_or(u32::MAX), self.clock.now());
            }
            Action::Remove(victims) => {
                held.replicas.retain(|replica| victims.iter().all(|victim| victim.replica != replica.id));
            }
        }
        Ok(())
    }
}

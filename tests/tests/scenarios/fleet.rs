//! A backend that a host finds and leaves behind, and that fails when the script says so. It is a fake for that reason:
//! a real one is not lost on demand. Real ones are in the other tests.

use std::sync::{Arc, Mutex, MutexGuard};

use adapters::backend::{Backend, BackendError};
use async_trait::async_trait;
use scaling_core::observation::{Replica, ReplicaState, Usage};
use scaling_core::status::{Action, Order, PlacementScope, RemovalScope, TargetStatus};
use scaling_core::units::{Generation, ReplicaId, Timestamp};

use crate::script::Fault;

/// The replicas of one target. Its clones are one.
#[derive(Clone)]
pub struct Fleet(Arc<Mutex<Held>>);

struct Held {
    replicas: Vec<Replica>,
    started: u32,
    now: Timestamp,
    fault: Fault,
    last_order: Option<Generation>,
}

impl Fleet {
    /// With so many replicas that were there before the host.
    pub fn of(count: u32) -> Self {
        let (replicas, now) = (Vec::new(), Timestamp(0));
        let mut held = Held { replicas, started: 0, now, fault: Fault::Well, last_order: None };
        held.start(count);
        Self(Arc::new(Mutex::new(held)))
    }

    /// Is so from now on.
    pub fn set(&self, fault: Fault) {
        self.held().fault = fault;
    }

    /// The oldest of them end by themselves.
    pub fn crash(&self, count: usize) {
        self.held().replicas.drain(..count);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap()
    }
}

impl Held {
    fn start(&mut self, count: u32) {
        for _ in 0..count {
            self.started += 1;
            self.replicas.push(Replica {
                id: ReplicaId(format!("r{:03}", self.started)),
                agent: None,
                state: ReplicaState::Ready,
                started: Some(self.now),
                since: self.now,
                usage: Usage::default(),
                attributes: Vec::new(),
            });
        }
    }
}

#[async_trait]
impl Backend for Fleet {
    async fn observe(&self, now: Timestamp) -> Result<TargetStatus, BackendError> {
        let mut held = self.held();
        held.now = now;
        if held.fault == Fault::Lost {
            return Err(BackendError::Unreachable("the fleet is lost".to_owned()));
        }
        Ok(TargetStatus {
            replicas: held.replicas.clone(),
            agents: Vec::new(),
            attributes: Vec::new(),
            removal: RemovalScope::Replica,
            placement: PlacementScope::Any,
            last_order: held.last_order,
            news: Vec::new(),
        })
    }

    async fn carry_out(&self, order: &Order) -> Result<(), BackendError> {
        let mut held = self.held();
        if held.fault != Fault::Well {
            return Err(BackendError::Refused("the fleet takes no orders".to_owned()));
        }
        if held.last_order >= Some(order.generation) {
            return Ok(());
        }
        held.last_order = Some(order.generation);
        match &order.action {
            Action::Add(addition) => held.start(u32::try_from(addition.size()).unwrap()),
            Action::Remove(victims) => {
                held.replicas.retain(|replica| victims.iter().all(|victim| victim.replica != replica.id));
            }
        }
        Ok(())
    }
}

//! Hiring: from one target's config to the world its ticks touch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use adapters::backend::memory::MemoryBackend;
use adapters::backend::process::{self, ProcessBackend, ProcessConfig};
use adapters::backend::systemd::{self, SystemdBackend, SystemdConfig};
use adapters::backend::{Backend, OpenError};
use scaling_core::controller::Controller;
use scaling_core::memory::Memory;
use scaling_core::observation::Series;
use scaling_core::orders::Orders;
use scaling_core::units::TargetName;
use tokio::sync::Notify;

use crate::causes::with_causes;
use crate::config::tables::{BackendTable, SourceTable};
use crate::config::{HostConfig, TargetConfig};
use crate::fault;
use crate::house::House;
use crate::journal::{JournalError, Reader, StoredTick};
use crate::news::Unrecorded;
use crate::policies::{LivePolicy, PolicyError, ReadyPolicy};
use crate::supervisor::Assignment;
use crate::world::{Labels, World};

/// Where a target was left by the last run of the host.
#[derive(Default)]
pub struct Left {
    /// What the controller remembers.
    pub memory: Memory,
    /// What the windows held.
    pub series: Vec<Series>,
    /// Which questions that was the answer to.
    pub questions: String,
    /// What operators asked, and did not take back.
    pub orders: Orders,
}

/// What the journal says of each target's last tick, and of the orders that stand.
pub fn left_by_all(reader: &Reader) -> Result<BTreeMap<TargetName, Left>, JournalError> {
    let mut all: BTreeMap<TargetName, Left> = BTreeMap::new();
    for (target, tick) in reader.last_of_all()? {
        let left = left_by(&target, &tick);
        all.insert(target, left);
    }
    for (target, body) in reader.orders()? {
        let orders = serde_json::from_str(&body).ok().and_then(|body| contract_json::decode::orders(&body).ok());
        match orders {
            Some(orders) => all.entry(target).or_default().orders = orders,
            None => {
                tracing::error!(target = %target, body, "a standing order in the journal can't be read: it is ignored");
            }
        }
    }
    Ok(all)
}

/// What the controller of one target remembered at its last tick in the journal.
pub fn memory_of(reader: &Reader, target: &TargetName) -> Result<Memory, JournalError> {
    Ok(reader.last(target)?.map(|tick| left_by(target, &tick).memory).unwrap_or_default())
}

fn left_by(target: &TargetName, tick: &StoredTick) -> Left {
    let read = || {
        let document: serde_json::Value = serde_json::from_slice(&tick.document).ok()?;
        let memory = contract_json::decode::memory(document.get("memory")?).ok()?;
        let observation = contract_json::decode::observation(document.get("observation")?).ok()?;
        let questions = document.get("questions").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        Some(Left { memory, series: observation.series, questions, orders: Orders::default() })
    };
    read().unwrap_or_else(|| {
        tracing::error!(target = %target, tick = tick.tick, "the last tick in the journal can't be read: starting afresh");
        Left::default()
    })
}

/// A target's backend, kept over a reload that does not change it.
#[derive(Clone)]
pub struct Post {
    /// Where replicas run.
    pub backend: Arc<dyn Backend>,
    /// Wakes a tick early.
    pub nudge: Arc<Notify>,
}

/// Opens the backend of a target.
pub(crate) async fn open_post(house: &House, host: &HostConfig, assignment: &Assignment) -> Result<Post, String> {
    let target = &assignment.target;
    let nudge = Arc::new(Notify::new());
    if let Some(backend) = house.backends.get(target.spec.name.as_str()) {
        return Ok(Post { backend: backend.clone(), nudge });
    }
    let backend: Arc<dyn Backend> = match &target.backend {
        BackendTable::Memory(table) => Arc::new(MemoryBackend::new(house.clock, table.replicas)),
        BackendTable::Process(config) => {
            let opened = open_process(house, host, target, config, &nudge).await;
            Arc::new(opened.map_err(|error| with_causes(&error))?)
        }
        BackendTable::Systemd(config) => {
            let opened = open_systemd(house, host, assignment, config, &nudge).await;
            Arc::new(opened.map_err(|error| with_causes(&error))?)
        }
    };
    Ok(Post { backend, nudge })
}

async fn open_process(
    house: &House,
    host: &HostConfig,
    target: &TargetConfig,
    config: &ProcessConfig,
    nudge: &Arc<Notify>,
) -> Result<ProcessBackend, OpenError> {
    let setup = process::Setup::new(target.spec.name.clone(), config.clone(), host.state_dir.clone(), house.clock);
    ProcessBackend::open(setup.nudging(nudge.clone()).telling(fault::checkpoint())).await
}

async fn open_systemd(
    house: &House,
    host: &HostConfig,
    Assignment { target, sources, .. }: &Assignment,
    config: &SystemdConfig,
    nudge: &Arc<Notify>,
) -> Result<SystemdBackend, OpenError> {
    let link = target.backend.source().and_then(|name| sources.get(name)).map(SourceTable::open);
    let setup = systemd::Setup::new(target.spec.name.clone(), config.clone(), host.state_dir.clone(), house.clock);
    SystemdBackend::open(setup.nudging(nudge.clone()).telling(fault::checkpoint()).reading(link)).await
}

/// A controller and its world, ready to tick.
pub struct Hired {
    /// Decides.
    pub controller: Controller,
    /// What it touches.
    pub world: World,
}

/// Everything but the controller's memory, which comes from the journal or from the tick before a reload.
pub(crate) async fn hire(
    house: &House,
    assignment: &Assignment,
    post: &Post,
    orders: Arc<Mutex<Orders>>,
    mut left: Left,
) -> Hired {
    let Assignment { target, sources, phase, .. } = assignment;
    let ready = ready_with_state(house, target, &mut left.memory).await.map_err(|error| {
        tracing::error!(target = %target.spec.name, %error, "the policy can't be used: holding");
        error.to_string()
    });
    let inputs = ready.as_ref().map(|ready| ready.inputs.clone()).unwrap_or_default();
    let indicators = house.collectors.for_target(target, &inputs, sources);
    let questions = assignment.questions();
    if questions == left.questions {
        for indicator in &indicators {
            indicator.preload(&left.series);
        }
    }
    let world = World {
        clock: house.clock,
        origin: house.origin,
        phase: *phase,
        nudge: post.nudge.clone(),
        labels: Labels {
            target: target.spec.name.0.clone(),
            backend: target.backend.kind(),
            policy: target.policy.component.to_string(),
            questions,
        },
        policies: vec![LivePolicy { slot: target.spec.live.clone(), ready }],
        indicators,
        backend: post.backend.clone(),
        unrecorded: Unrecorded::default(),
        orders,
        journal: house.journal.clone(),
        board: house.board.clone(),
        metrics: house.metrics.clone(),
    };
    Hired { controller: Controller::resume(target.spec.clone(), left.memory), world }
}

/// The policy, and its memory in the layout that this version of it writes.
///
/// A layout that the policy does not know is that of another policy: it starts without a memory. A state that
/// it should be able to convert and can't is kept as it is, and the policy is not asked.
pub(crate) async fn ready_with_state(
    house: &House,
    target: &TargetConfig,
    memory: &mut Memory,
) -> Result<ReadyPolicy, PolicyError> {
    let ready = house.policies.ready(&target.policy, Some(&house.journal)).await?;
    let descriptor = ready.policy.descriptor();
    let Some(slot) = memory.slots.get_mut(&target.spec.live) else { return Ok(ready) };
    let Some(old) = slot.state.clone().filter(|old| old.layout != descriptor.state_layout) else { return Ok(ready) };
    let (from, to) = (old.layout.clone(), &descriptor.state_layout);
    if descriptor.migrates_from.contains(&from) {
        let migrated = ready.policy.migrate(&ready.config, old).await;
        let component = target.policy.component.to_string();
        slot.state = migrated.map_err(|failure| PolicyError::Migration { component, from, failure })?;
        tracing::info!(target = %target.spec.name, to, "the policy's state was converted");
    } else {
        slot.state = None;
        tracing::warn!(target = %target.spec.name, from, to, "another policy left its state here: starting without one");
    }
    Ok(ready)
}

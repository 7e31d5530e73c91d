//! What each instance uses, read from systemd one after the other, so that nothing comes in bursts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use scaling_core::observation::Usage;
use scaling_core::units::{Timestamp, Value};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::bus::{Bus, UnitUsage};
use super::config::SystemdConfig;
use super::report::View;
use super::template::Instance;
use crate::clock::Clock;

/// The last readings. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Usages(Arc<Mutex<BTreeMap<Instance, Reading>>>);

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Timestamp,
    used: UnitUsage,
    cpu_cores: Option<Value>,
}

impl Usages {
    /// What an instance uses, as of its last reading. The jobs are for others to fill in.
    pub fn of(&self, instance: &Instance) -> Usage {
        let readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(reading) = readings.get(instance) else { return Usage::default() };
        Usage {
            at: Some(reading.at),
            cpu_cores: reading.cpu_cores,
            memory_bytes: reading.used.memory_bytes,
            threads: reading.used.tasks.and_then(|tasks| u32::try_from(tasks).ok()),
            ..Usage::default()
        }
    }

    fn put(&self, instance: &Instance, used: UnitUsage, at: Timestamp) {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = readings.get(instance).copied();
        let cpu_cores = before.and_then(|before| rate(&before, used, at));
        readings.insert(instance.clone(), Reading { at, used, cpu_cores });
    }

    fn keep_only(&self, is_there: impl Fn(&Instance) -> bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|instance, _| is_there(instance));
    }
}

/// Cores in use since the reading before. `None`: too soon, or its counter began anew.
fn rate(before: &Reading, used: UnitUsage, at: Timestamp) -> Option<Value> {
    let spent_ns = used.cpu_ns?.checked_sub(before.used.cpu_ns?)?;
    let seconds = at.since(before.at).as_secs_f64();
    if seconds <= 0.0 { before.cpu_cores } else { Value::new(spent_ns as f64 / 1e9 / seconds) }
}

/// Reads every instance once in an interval, spread evenly over it. Ends with its task.
pub async fn keep_reading(
    config: Arc<SystemdConfig>,
    bus: Bus,
    clock: Clock,
    view: watch::Receiver<Arc<View>>,
    usages: Usages,
) {
    let mut next = Instant::now();
    loop {
        let shown = view.borrow().clone();
        usages.keep_only(|instance| shown.replicas.contains_key(instance));
        // To ask for one that does not run would make systemd load it.
        let running = shown.replicas.iter().filter(|(_, replica)| shown.lost.is_none() && replica.started.is_some());
        let instances: Vec<&Instance> = running.map(|(instance, _)| instance).collect();
        let pause = config.usage_interval.get() / u32::try_from(instances.len().max(1)).unwrap_or(u32::MAX);
        for instance in &instances {
            if let Ok(used) = bus.usage(&config.template, instance).await {
                usages.put(instance, used, clock.now());
            }
            next = (next + pause).max(Instant::now());
            sleep_until(next).await;
        }
        if instances.is_empty() {
            next = Instant::now() + pause;
            sleep_until(next).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_a_rate_and_what_is_not_known_is_none() {
        let usages = Usages::default();
        let instance = Instance::number(1);
        let used = |cpu_ns| UnitUsage { cpu_ns, memory_bytes: Some(8), tasks: Some(2) };
        let cores = || usages.of(&instance).cpu_cores.map(Value::get);
        usages.put(&instance, used(Some(1_000_000_000)), Timestamp(0));
        assert_eq!(cores(), None, "one reading is no rate");
        usages.put(&instance, used(Some(3_000_000_000)), Timestamp(4000));
        assert_eq!(cores(), Some(0.5));
        usages.put(&instance, used(Some(0)), Timestamp(8000));
        assert_eq!(cores(), None, "it was restarted");
        usages.put(&instance, used(None), Timestamp(9000));
        assert_eq!((cores(), usages.of(&instance).memory_bytes), (None, Some(8)));
    }
}

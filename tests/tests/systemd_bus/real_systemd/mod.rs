//! What needs a host of systemd.

mod boot;
mod cost;
mod denied;
mod follow;
mod loss;
mod start;

use std::sync::Arc;
use std::time::{Duration, Instant};

use adapters::backend::systemd::bus::{Active, Bus, BusAddress, Sight, UnitState};
use adapters::backend::systemd::template::{Instance, Template};
use tokio::sync::watch;
use tokio::time::timeout;
use trimtab_tests::lab::SystemdHost;

/// One question to systemd may take so long.
pub const LIMIT: Duration = Duration::from_secs(2);
/// What is sure to happen happens within this.
pub const SOON: Duration = Duration::from_secs(20);

pub fn template(name: &str) -> Template {
    Template::try_from(format!("{name}@.service")).unwrap()
}

pub fn one() -> Instance {
    Instance::number(1)
}

pub fn numbers(numbers: impl IntoIterator<Item = u32>) -> Vec<Instance> {
    numbers.into_iter().map(Instance::number).collect()
}

pub fn bus_of(host: &SystemdHost) -> Bus {
    Bus::of(&BusAddress::try_from(host.bus_address()).unwrap(), LIMIT)
}

/// A host, its bus, and one template that is followed.
pub struct Followed {
    pub host: SystemdHost,
    pub bus: Bus,
    pub template: Template,
    sights: watch::Receiver<Arc<Sight>>,
}

impl Followed {
    /// Returns when it was looked at for the first time.
    pub async fn new(host: SystemdHost, name: &str) -> Self {
        let (bus, template) = (bus_of(&host), template(name));
        let sights = bus.follow(&template);
        let mut followed = Self { host, bus, template, sights };
        followed.until("it is looked at", |sight| sight.lost.is_none()).await;
        followed
    }

    pub fn sight(&self) -> Arc<Sight> {
        Arc::clone(&self.sights.borrow())
    }

    /// Waits for something to be seen; returns how long that took.
    pub async fn until(&mut self, what: &str, is_seen: impl Fn(&Sight) -> bool) -> Duration {
        let began = Instant::now();
        let seen = timeout(SOON, self.sights.wait_for(|sight| is_seen(sight))).await.is_ok();
        assert!(seen, "waited {SOON:?}, and not yet: {what}; seen is {:#?}", self.sight());
        began.elapsed()
    }

    /// Waits until the first instance is in this state.
    pub async fn until_unit(&mut self, what: &str, is_so: impl Fn(&UnitState) -> bool) -> Duration {
        self.until(what, |sight| sight.units.get(&one()).is_some_and(&is_so)).await
    }

    /// The first instance.
    pub fn unit(&self) -> UnitState {
        self.sight().units.get(&one()).cloned().unwrap_or_else(UnitState::absent)
    }

    pub fn name(&self) -> String {
        self.template.unit(&one())
    }

    pub fn systemctl(&self, words: &[&str]) {
        self.host.systemctl(words).told();
    }
}

pub fn is_running(unit: &UnitState) -> bool {
    unit.active == Active::Active && unit.sub == "running" && !unit.has_job
}

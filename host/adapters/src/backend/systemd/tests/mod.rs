//! Roster, plan and look against a small model of systemd that does what it is told, when it is told to.
//!
//! The real systemd runs in the tests of the workspace; here are the many cases, and those it does not produce.

mod drains;
mod draksetup;
mod failures;
mod numbers;
mod stuck;

use std::collections::{BTreeMap, BTreeSet};

use scaling_core::observation::Replica;
use scaling_core::recall;
use scaling_core::status::{Action, Addition, News, Order, Victim};
use scaling_core::units::{AgentId, Generation, Timestamp};
use scaling_core::verdict::Placement;

use super::bus::{Active, Sight, UnitState};
use super::config::SystemdConfig;
use super::look::{Look, Remembered, start_failed, unfit};
use super::order::{self, Rules};
use super::plan::{Situation, Step, plan};
use super::report::{Shown, View};
use super::roster::Roster;
use super::supervisor::{Setbacks, first_roster};
use super::template::Instance;
use crate::backend::order::{Limits, Refusal};

fn instance(number: &str) -> Instance {
    Instance::try_from(number.to_owned()).unwrap()
}

fn instances(numbers: &[&str]) -> Vec<Instance> {
    numbers.iter().map(|number| instance(number)).collect()
}

fn unit(active: Active, sub: &str) -> UnitState {
    UnitState { active, sub: sub.to_owned(), ..UnitState::absent() }
}

/// A target and its systemd.
struct Model {
    config: SystemdConfig,
    sight: Sight,
    roster: Option<Roster>,
    remembered: Remembered,
    setbacks: Setbacks,
    idle: BTreeSet<Instance>,
    under_way: BTreeSet<Instance>,
    starts: BTreeMap<Instance, Timestamp>,
    /// Whose start, enabling or disabling fails.
    broken: BTreeSet<Instance>,
    news: Vec<News>,
    now: Timestamp,
    generation: u64,
}

impl Model {
    /// A target with this config; nothing runs.
    fn new(toml: &str) -> Self {
        Self {
            config: toml::from_str(&format!("template = \"drakrun@.service\"\n{toml}")).unwrap(),
            sight: Sight { installed: true, ..Sight::default() },
            roster: None,
            remembered: Remembered::default(),
            setbacks: Setbacks::default(),
            idle: BTreeSet::new(),
            under_way: BTreeSet::new(),
            starts: BTreeMap::new(),
            broken: BTreeSet::new(),
            news: Vec::new(),
            now: Timestamp(1_000_000),
            generation: 0,
        }
    }

    /// These run and are enabled.
    fn with(mut self, numbers: &[&str]) -> Self {
        for instance in instances(numbers) {
            self.sight.units.insert(instance.clone(), unit(Active::Active, "running"));
            self.sight.enabled.insert(instance);
        }
        self
    }

    fn wait(&mut self, seconds: u64) {
        self.now = self.now.plus(std::time::Duration::from_secs(seconds));
    }

    fn look(&mut self) {
        let roster = self.roster.get_or_insert_with(|| first_roster(self.config.boot, &self.sight));
        self.setbacks.look(roster, &self.sight);
        let look = Look {
            config: &self.config,
            sight: &self.sight,
            under_way: &self.under_way,
            boot_tries: &self.setbacks.boot,
            now: self.now,
        };
        let news = look.over(roster, &mut self.remembered);
        self.news.extend(news);
    }

    fn order(&mut self, action: Action) -> Result<(), Refusal> {
        self.look();
        self.generation += 1;
        let order = Order { generation: Generation(self.generation), action };
        let limits = Limits { agent: AgentId("here".into()), replica_limit: self.config.replica_limit };
        let rules = Rules { template: self.config.template.clone(), numbering: self.config.numbering, limits };
        let roster = self.roster.as_mut().unwrap();
        let avoid = unfit(&self.sight, roster);
        order::accept(roster, &order, &rules, &avoid, self.now).map(drop)
    }

    fn add(&mut self, count: u32) {
        self.order(Action::Add(Addition::of_new(vec![Placement { agent: None, count }]))).unwrap();
    }

    fn remove(&mut self, replicas: &[&str]) {
        let victims = replicas.iter().map(|id| Victim { replica: (*id).into(), agent: None }).collect();
        self.order(Action::Remove(victims)).unwrap();
    }

    /// What `draksetup scale` asks for, as the host asks for it.
    fn scale(&mut self, size: u32) {
        self.look();
        let there = self.roster.as_ref().unwrap().staying().count() as u32;
        if size > there {
            self.add(size - there);
        } else if size < there {
            self.remove(&vec!["predicted"; (there - size) as usize]);
        }
    }

    fn planned(&mut self) -> Vec<Step> {
        self.look();
        plan(&Situation {
            roster: self.roster.as_ref().unwrap(),
            sight: &self.sight,
            health: &self.remembered.health,
            idle: &self.idle,
            under_way: &self.under_way,
            starts: &self.starts,
            not_before: &self.setbacks.not_before,
            boot_tries: &self.setbacks.boot,
            enabling: false,
            boot: self.config.boot,
            drain: &self.config.drain,
            now: self.now,
        })
    }

    /// Does what is planned until there is nothing left to do, and tells what that was.
    fn settle(&mut self) -> Vec<String> {
        let mut done = Vec::new();
        for _ in 0..50 {
            let steps = self.planned();
            if steps.is_empty() {
                return done;
            }
            done.push(steps.iter().map(told).collect::<Vec<_>>().join(" "));
            for step in steps {
                self.carry_out(&step);
            }
        }
        panic!("it does not settle: {done:?}");
    }

    fn carry_out(&mut self, step: &Step) {
        let roster = self.roster.as_mut().unwrap();
        match step {
            Step::Disable(all) | Step::Enable(all) => {
                let on = matches!(step, Step::Enable(_));
                for instance in all {
                    let result = if self.broken.contains(instance) { Err("broken".to_owned()) } else { Ok(()) };
                    match (&result, on) {
                        (Err(_), _) => {}
                        (Ok(()), true) => drop(self.sight.enabled.insert(instance.clone())),
                        (Ok(()), false) => drop(self.sight.enabled.remove(instance)),
                    }
                    self.setbacks.boot.note(instance.clone(), on, result, self.now);
                }
            }
            Step::Start(instance) if self.broken.contains(instance) => {
                let health = self.remembered.health.entry(instance.clone()).or_default();
                self.news.extend(start_failed(&self.config, instance, "broken", health, self.now));
            }
            Step::Start(instance) => {
                self.sight.units.insert(instance.clone(), unit(Active::Active, "running"));
            }
            Step::StopIntake(instance) => roster.entry_mut(instance).unwrap().intake_stopped = true,
            Step::ResumeIntake(instance) => roster.entry_mut(instance).unwrap().intake_stopped = false,
            Step::Stop(instance) => {
                self.remembered.health.remove(instance);
                roster.entry_mut(instance).unwrap().intake_stopped = false;
                if let super::roster::Wish::Go { stopping, .. } = &mut roster.entry_mut(instance).unwrap().wish {
                    *stopping = true;
                }
                self.sight.units.insert(instance.clone(), unit(Active::Deactivating, "stop-sigterm"));
            }
            Step::Kill(instance) => {
                self.remembered.killed.insert(instance.clone());
                self.ends(instance.as_str(), "signal");
            }
        }
    }

    /// An instance ended, as systemd tells it.
    fn ends(&mut self, number: &str, result: &str) {
        let (active, sub) = if result == "success" { (Active::Inactive, "dead") } else { (Active::Failed, "failed") };
        let state = UnitState { result: result.to_owned(), ..unit(active, sub) };
        self.sight.units.insert(instance(number), state);
    }

    fn running(&self) -> Vec<String> {
        let runs = |unit: &UnitState| unit.active == Active::Active;
        self.sight.units.iter().filter(|(_, unit)| runs(unit)).map(|(instance, _)| instance.to_string()).collect()
    }

    fn enabled(&self) -> Vec<String> {
        self.sight.enabled.iter().map(ToString::to_string).collect()
    }

    fn stopping(&self) -> Vec<String> {
        let stops = |unit: &UnitState| unit.active == Active::Deactivating;
        self.sight.units.iter().filter(|(_, unit)| stops(unit)).map(|(instance, _)| instance.to_string()).collect()
    }

    fn told(&self) -> Vec<&str> {
        self.news.iter().map(|news| news.kind.label()).collect()
    }

    /// Who says that its drain can be taken back.
    fn recallable(&mut self) -> Vec<String> {
        self.look();
        let shown = Shown { config: &self.config, roster: self.roster.as_ref().unwrap(), sight: &self.sight };
        let view = shown.view(&self.remembered, &BTreeMap::new(), self.now, &View::default());
        let can = |replica: &&Replica| recall::is_recallable(replica);
        view.replicas.values().filter(can).map(|replica| replica.id.to_string()).collect()
    }

    fn drift(&mut self) -> BTreeMap<String, String> {
        self.look();
        super::drift::drift(&self.config, self.roster.as_ref().unwrap(), &self.sight)
    }
}

fn told(step: &Step) -> String {
    let joined = |all: &[Instance]| all.iter().map(Instance::as_str).collect::<Vec<_>>().join(",");
    match step {
        Step::Disable(all) => format!("disable:{}", joined(all)),
        Step::Enable(all) => format!("enable:{}", joined(all)),
        Step::Start(instance) => format!("start:{instance}"),
        Step::StopIntake(instance) => format!("stop-intake:{instance}"),
        Step::ResumeIntake(instance) => format!("resume-intake:{instance}"),
        Step::Stop(instance) => format!("stop:{instance}"),
        Step::Kill(instance) => format!("kill:{instance}"),
    }
}

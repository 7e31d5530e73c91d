//! Looks at the instances of one template, all of them or those that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use scaling_core::units::Timestamp;

use super::super::template::{Instance, Template};
use super::fault::Call;
use super::link::Link;
use super::manager::Row;
use super::outcome::{BusError, TemplateFacts};
use super::sight::{Active, Sight, UnitState};
use super::{read, signals};

/// Units that are read at the same time.
const AT_ONCE: usize = 8;
/// With more names than this, one pattern for all instances is cheaper.
const MOST_NAMES: usize = 16;

/// Looks at one template over one connection.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The connection.
    pub link: &'a Link,
    /// The template.
    pub template: &'a Template,
}

impl Look<'_> {
    /// Everything, trusting nothing that was seen before.
    pub async fn everything(self) -> Result<Sight, BusError> {
        let began = self.began().await?;
        let rows = self.rows(&[&self.template.pattern()]).await?;
        let all: Vec<Instance> = rows.into_keys().collect();
        let units = self.read(all.clone()).await?;
        let enabled = self.wanted(all).await?;
        let installed = self.is_installed().await?;
        let stop_timeout = match units.values().next() {
            Some(unit) => unit.stop_timeout,
            None if installed => self.facts(self.link.timeout).await?.stop_timeout,
            None => None,
        };
        Ok(Sight { began, installed, stop_timeout, units, enabled, ..Sight::default() })
    }

    /// Lists all, and reads those that are not as they were seen: what a signal that was missed may have told.
    pub async fn differing(self, seen: &Sight) -> Result<Sight, BusError> {
        let rows = self.rows(&[&self.template.pattern()]).await?;
        let is_new =
            |instance: &Instance, row: &Row| !seen.units.get(instance).is_some_and(|unit| is_as_listed(unit, row));
        let differing: Vec<Instance> =
            rows.iter().filter(|(name, row)| is_new(name, row)).map(|(name, _)| name.clone()).collect();
        let mut sight = seen.clone();
        sight.units.retain(|instance, _| rows.contains_key(instance));
        sight.enabled.retain(|instance| rows.contains_key(instance));
        sight.units.extend(self.read(differing).await?);
        Ok(sight)
    }

    /// Looks at some.
    pub async fn some(self, changed: &BTreeSet<Instance>, seen: &Sight) -> Result<Sight, BusError> {
        let rows = self.rows_of(changed).await?;
        let (there, gone): (Vec<Instance>, Vec<Instance>) =
            changed.iter().cloned().partition(|name| rows.contains_key(name));
        let mut sight = seen.clone();
        for instance in gone {
            sight.units.remove(&instance);
            sight.enabled.remove(&instance);
        }
        sight.units.extend(self.read(there).await?);
        Ok(sight)
    }

    /// Looks at the links of those that are there. Links that systemd has not read yet make it search its folders.
    pub async fn files(self, seen: &Sight) -> Result<Sight, BusError> {
        let installed = self.is_installed().await?;
        let known: Vec<Instance> = seen.units.keys().cloned().collect();
        let enabled = self.each(known, |instance| async move {
            let state = self.file_state(&self.template.unit(&instance)).await?;
            Ok(matches!(state.as_deref(), Some("enabled" | "enabled-runtime")))
        });
        Ok(Sight { installed, enabled: names_of(enabled.await?), ..seen.clone() })
    }

    /// What is in the template's file.
    pub async fn facts(self, limit: Duration) -> Result<TemplateFacts, BusError> {
        let unit = self.template.unit(&Instance::number(1));
        let loading = self.link.manager().load_unit(&unit);
        let path = self.link.ask(Call::Manager("LoadUnit"), limit, loading).await?;
        let [start_timeout, stop_timeout] = read::timeouts(self.link, path.as_str(), limit).await?;
        Ok(TemplateFacts { installed: self.is_installed().await?, stop_timeout, start_timeout })
    }

    async fn began(self) -> Result<Option<Timestamp>, BusError> {
        let asking = self.link.manager().userspace_timestamp();
        let micros = self.link.ask(Call::Manager("UserspaceTimestamp"), self.link.timeout, asking).await?;
        Ok((micros > 0).then_some(Timestamp(micros / 1000)))
    }

    async fn is_installed(self) -> Result<bool, BusError> {
        Ok(self.file_state(&self.template.to_string()).await?.is_some())
    }

    /// systemd's word for a unit file; `None`: there is none.
    async fn file_state(self, unit: &str) -> Result<Option<String>, BusError> {
        let asking = self.link.manager().get_unit_file_state(unit);
        match self.link.ask(Call::Files("GetUnitFileState", unit), self.link.timeout, asking).await {
            Ok(state) => Ok(Some(state)),
            Err(BusError::NoSuchUnit(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn rows_of(self, changed: &BTreeSet<Instance>) -> Result<BTreeMap<Instance, Row>, BusError> {
        if changed.len() > MOST_NAMES {
            return self.rows(&[&self.template.pattern()]).await;
        }
        let names: Vec<String> = changed.iter().map(|instance| self.template.unit(instance)).collect();
        self.rows(&names.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// The instances that systemd has loaded. To list them loads none, unlike to read them.
    async fn rows(self, patterns: &[&str]) -> Result<BTreeMap<Instance, Row>, BusError> {
        let asking = self.link.manager().list_units_by_patterns(&[], patterns);
        let rows = self.link.ask(Call::Manager("ListUnitsByPatterns"), self.link.timeout, asking).await?;
        Ok(rows.into_iter().filter_map(|row| Some((self.template.instance_of(&row.0)?, row))).collect())
    }

    async fn read(self, instances: Vec<Instance>) -> Result<BTreeMap<Instance, UnitState>, BusError> {
        let reading = self.each(instances, |instance| async move {
            read::state(self.link, &self.path(&instance), self.link.timeout).await
        });
        Ok(reading.await?.into_iter().collect())
    }

    async fn wanted(self, instances: Vec<Instance>) -> Result<BTreeSet<Instance>, BusError> {
        let asking = self.each(instances, |instance| async move {
            read::starts_at_boot(self.link, &self.path(&instance), self.link.timeout).await
        });
        Ok(names_of(asking.await?))
    }

    fn path(self, instance: &Instance) -> String {
        signals::path_of_unit(&self.template.unit(instance))
    }

    /// Asks something of each, a few at a time. One that is gone by now, or is no service, is left out.
    async fn each<T, A>(
        self,
        instances: Vec<Instance>,
        ask: impl Fn(Instance) -> A,
    ) -> Result<Vec<(Instance, T)>, BusError>
    where
        A: Future<Output = Result<T, BusError>>,
    {
        let mut questions = Vec::with_capacity(instances.len());
        for instance in instances {
            let answer = ask(instance.clone());
            questions.push(unless_gone(instance, answer));
        }
        let answers: Vec<Option<(Instance, T)>> = stream::iter(questions).buffered(AT_ONCE).try_collect().await?;
        Ok(answers.into_iter().flatten().collect())
    }
}

async fn unless_gone<T>(
    instance: Instance,
    answer: impl Future<Output = Result<T, BusError>>,
) -> Result<Option<(Instance, T)>, BusError> {
    match answer.await {
        Ok(answer) => Ok(Some((instance, answer))),
        Err(BusError::NoSuchUnit(_) | BusError::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn names_of(answers: Vec<(Instance, bool)>) -> BTreeSet<Instance> {
    answers.into_iter().filter(|(_, yes)| *yes).map(|(instance, _)| instance).collect()
}

fn is_as_listed(unit: &UnitState, row: &Row) -> bool {
    let same_active = unit.active == read::active_of(&row.3) && unit.active != Active::Other;
    same_active && unit.sub == row.4 && unit.has_job == (row.7 != 0)
}

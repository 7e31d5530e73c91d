//! Has instances start at boot, or no longer.

use std::time::Duration;

use super::super::template::{Instance, Template};
use super::fault::Call;
use super::link::Link;
use super::outcome::BusError;
use super::state::State;

/// systemd reads all of its unit files anew: that takes seconds on a machine with many, and answers nobody meanwhile.
const RELOAD_LIMIT: Duration = Duration::from_secs(60);

/// What becomes of the links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// They are made.
    Enable,
    /// They are removed.
    Disable,
}

/// All at once; one by one if that fails, so that one that can't does not keep the others from it.
pub async fn set(
    state: &State,
    template: &Template,
    instances: &[Instance],
    links: Links,
    limit: Duration,
) -> Vec<(Instance, Result<(), BusError>)> {
    if instances.is_empty() {
        return Vec::new();
    }
    let all = |result: &Result<(), BusError>| instances.iter().map(|one| (one.clone(), result.clone())).collect();
    let link = match state.link(limit).await {
        Ok(link) => link,
        Err(error) => return all(&Err(error)),
    };
    let units: Vec<String> = instances.iter().map(|instance| template.unit(instance)).collect();
    let mut outcomes = match change(&link, &units, links, limit).await {
        Ok(()) => all(&Ok(())),
        // Nobody answers or nobody may: that is the same for each of them.
        Err(error @ (BusError::Timeout { .. } | BusError::Lost(_) | BusError::Denied(_))) => return all(&Err(error)),
        Err(error) if instances.len() == 1 => return all(&Err(error)),
        Err(_) => one_by_one(&link, instances, &units, links, limit).await,
    };
    if outcomes.iter().any(|(_, outcome)| outcome.is_ok()) {
        let reloaded = reload(&link, limit).await;
        for (_, outcome) in &mut outcomes {
            if outcome.is_ok() {
                outcome.clone_from(&reloaded);
            }
        }
    }
    outcomes
}

async fn one_by_one(
    link: &Link,
    instances: &[Instance],
    units: &[String],
    links: Links,
    limit: Duration,
) -> Vec<(Instance, Result<(), BusError>)> {
    let mut outcomes = Vec::with_capacity(instances.len());
    for (instance, unit) in instances.iter().zip(units) {
        outcomes.push((instance.clone(), change(link, std::slice::from_ref(unit), links, limit).await));
    }
    outcomes
}

async fn change(link: &Link, units: &[String], links: Links, limit: Duration) -> Result<(), BusError> {
    let names: Vec<&str> = units.iter().map(String::as_str).collect();
    let told = units.join(", ");
    match links {
        Links::Enable => {
            let asking = link.manager().enable_unit_files(&names, false, false);
            link.ask(Call::Files("EnableUnitFiles", &told), limit, asking).await.map(drop)
        }
        Links::Disable => {
            let asking = link.manager().disable_unit_files(&names, false);
            link.ask(Call::Files("DisableUnitFiles", &told), limit, asking).await.map(drop)
        }
    }
}

/// Until then, systemd knows nothing of the new links.
async fn reload(link: &Link, limit: Duration) -> Result<(), BusError> {
    link.ask(Call::Reload, limit.max(RELOAD_LIMIT), link.manager().reload()).await
}

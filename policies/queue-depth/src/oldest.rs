//! How long the oldest job has waited.

use trimtab_policy_sdk::prelude::*;

use crate::config::Config;

/// Seconds that the oldest job has waited: read, or told by the jobs themselves. Zero if none waits.
pub fn seconds(config: &Config, seen: &Observation) -> Result<f64, String> {
    let name = config.age_indicator.as_ref().unwrap_or(&config.indicator);
    let age = match &config.age_indicator {
        // Of the samples in no window only the newest of each series is left.
        Some(name) => Function::Max.synthesize(&seen.indicator(name).within(0)),
        None => of_jobs(seen, name),
    };
    age.map_err(|missing| format!("{name}: {missing}, so how long the oldest has waited is not known"))
}

fn of_jobs(seen: &Observation, name: &str) -> Result<f64, Missing> {
    let series = seen.indicator(name).usable()?;
    let queued = series.iter().flat_map(|one| one.samples).filter(|sample| sample.value > 0.0);
    let oldest = queued.map(|sample| sample.at).min().unwrap_or(seen.now);
    Ok(seen.now.saturating_sub(oldest) as f64 / 1000.0)
}

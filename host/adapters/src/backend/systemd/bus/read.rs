//! Reads units, property by property: `GetAll` costs systemd twice as much, for it counts memory and looks at files.

use std::time::Duration;

use futures_util::try_join;
use scaling_core::units::Timestamp;
use zbus::OwnedObjectPath;

use super::link::Link;
use super::manager::{SERVICE, UNIT};
use super::outcome::BusError;
use super::sight::{Active, Load, UnitState, UnitUsage};

/// systemd's word for "for ever", "not known", "no limit".
const NONE: u64 = u64::MAX;

/// What a unit is at. systemd loads it if it is not.
pub async fn state(link: &Link, path: &str, limit: Duration) -> Result<UnitState, BusError> {
    let text = |property| link.get::<String>(path, UNIT, property, limit);
    let span = |property| link.get::<u64>(path, SERVICE, property, limit);
    let (load, active, sub, result, job, restarts, invocation, started, since, main_pid, stop, start) = try_join!(
        text("LoadState"),
        text("ActiveState"),
        text("SubState"),
        link.get::<String>(path, SERVICE, "Result", limit),
        link.get::<(u32, OwnedObjectPath)>(path, UNIT, "Job", limit),
        link.get::<u32>(path, SERVICE, "NRestarts", limit),
        link.get::<Vec<u8>>(path, UNIT, "InvocationID", limit),
        span("ExecMainStartTimestamp"),
        link.get::<u64>(path, UNIT, "StateChangeTimestamp", limit),
        link.get::<u32>(path, SERVICE, "MainPID", limit),
        span("TimeoutStopUSec"),
        span("TimeoutStartUSec"),
    )?;
    Ok(UnitState {
        load: load_of(load),
        active: active_of(&active),
        sub,
        result,
        has_job: job.0 != 0,
        restarts,
        invocation: hex(&invocation),
        started: moment(started),
        since: moment(since),
        main_pid: (main_pid != 0).then_some(main_pid),
        stop_timeout: duration(stop),
        start_timeout: duration(start),
    })
}

/// Whether a target wants the unit: then it starts at boot, by what systemd has read of its files.
///
/// `UnitFileState` would have systemd search its folders, once for each unit.
pub async fn starts_at_boot(link: &Link, path: &str, limit: Duration) -> Result<bool, BusError> {
    let names = |property| link.get::<Vec<String>>(path, UNIT, property, limit);
    let (wanted, required) = try_join!(names("WantedBy"), names("RequiredBy"))?;
    Ok(wanted.iter().chain(&required).any(|unit| unit.ends_with(".target")))
}

/// How long a unit may take to start, and to stop.
pub async fn timeouts(link: &Link, path: &str, limit: Duration) -> Result<[Option<Duration>; 2], BusError> {
    let span = |property| link.get::<u64>(path, SERVICE, property, limit);
    let (start, stop) = try_join!(span("TimeoutStartUSec"), span("TimeoutStopUSec"))?;
    Ok([duration(start), duration(stop)])
}

/// What a unit uses.
pub async fn usage(link: &Link, path: &str, limit: Duration) -> Result<UnitUsage, BusError> {
    let number = |property| link.get::<u64>(path, SERVICE, property, limit);
    let (cpu, memory, tasks) = try_join!(number("CPUUsageNSec"), number("MemoryCurrent"), number("TasksCurrent"))?;
    let known = |number| (number != NONE).then_some(number);
    Ok(UnitUsage { cpu_ns: known(cpu), memory_bytes: known(memory), tasks: known(tasks) })
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn load_of(word: String) -> Load {
    match word.as_str() {
        "loaded" => Load::Loaded,
        "masked" => Load::Masked,
        "not-found" => Load::NotFound,
        _ => Load::Other(word),
    }
}

/// systemd's word for where a unit is in its life.
pub fn active_of(word: &str) -> Active {
    match word {
        "active" => Active::Active,
        "reloading" => Active::Reloading,
        "inactive" => Active::Inactive,
        "failed" => Active::Failed,
        "activating" => Active::Activating,
        "deactivating" => Active::Deactivating,
        _ => Active::Other,
    }
}

/// systemd counts in µs; 0 is never.
fn moment(micros: u64) -> Option<Timestamp> {
    (micros != 0 && micros != NONE).then_some(Timestamp(micros / 1000))
}

fn duration(micros: u64) -> Option<Duration> {
    (micros != NONE).then_some(Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_zero() {
        assert_eq!(moment(0), None);
        assert_eq!(moment(1_700_000_000_123_456), Some(Timestamp(1_700_000_000_123)));
        assert_eq!(hex(&[0x0a, 0xf0]), "0af0");
        assert_eq!(duration(u64::MAX), None);
        assert_eq!(duration(700_000_000), Some(Duration::from_secs(700)));
    }
}

//! What this machine has, and what is left of it.

use std::fs;
use std::path::Path;

use scaling_core::observation::Platform;
use scaling_core::units::Value;

/// Remembers the last reading of `/proc/stat`, since cores in use are a rate.
#[derive(Debug, Default)]
pub struct Machine {
    last: Option<CpuTicks>,
    available: Option<Value>,
}

/// The first line of `/proc/stat`, summed up; and how many cores there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CpuTicks {
    idle: u64,
    total: u64,
    cores: u32,
}

impl Machine {
    /// What there is now. The disk is the one that `path` is on. What can't be read is not known.
    pub fn platform(&mut self, path: &Path) -> Platform {
        let cpu = fs::read_to_string("/proc/stat").ok().and_then(|text| CpuTicks::parse(&text));
        let memory = fs::read_to_string("/proc/meminfo").ok();
        let memory_of = |name| memory.as_deref().and_then(|text| kibibytes(text, name));
        let disk = rustix::fs::statvfs(path).ok();
        Platform {
            cpu_cores: cpu.and_then(|cpu| Value::new(cpu.cores.into())),
            cpu_available: cpu.and_then(|cpu| self.available(cpu)),
            memory_bytes: memory_of("MemTotal:"),
            memory_available: memory_of("MemAvailable:"),
            disk_bytes: disk.as_ref().map(|disk| disk.f_blocks.saturating_mul(disk.f_frsize)),
            disk_available: disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
        }
    }

    /// Over the time since the last reading, if that was long enough to tell.
    fn available(&mut self, now: CpuTicks) -> Option<Value> {
        let Some(last) = self.last else {
            self.last = Some(now);
            return None;
        };
        let total = now.total.saturating_sub(last.total);
        // Half a second of every core.
        if total >= u64::from(now.cores) * rustix::param::clock_ticks_per_second() / 2 && total > 0 {
            let idle = now.idle.saturating_sub(last.idle) as f64 / total as f64;
            self.available = Value::new(idle.clamp(0.0, 1.0) * f64::from(now.cores));
            self.last = Some(now);
        }
        self.available
    }
}

impl CpuTicks {
    /// `cpu  user nice system idle iowait irq softirq steal ...`, then a line for each core; see proc_stat(5).
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let first = lines.next()?.strip_prefix("cpu ")?;
        // Guest time is part of user time already.
        let ticks: Vec<u64> = first.split_ascii_whitespace().take(8).map_while(|word| word.parse().ok()).collect();
        let idle = ticks.get(3)? + ticks.get(4)?;
        let cores = lines.take_while(|line| line.starts_with("cpu")).count();
        Some(Self { idle, total: ticks.iter().sum(), cores: u32::try_from(cores).ok()? })
    }
}

fn kibibytes(meminfo: &str, name: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cores_are_counted_and_the_ticks_summed() {
        let text = "cpu  10 0 20 60 10 0 0 0 7 7\ncpu0 5 0 10 30 5 0 0 0 0 0\ncpu1 5 0 10 30 5 0 0 0 0 0\nintr 1\n";
        assert_eq!(CpuTicks::parse(text), Some(CpuTicks { idle: 70, total: 100, cores: 2 }));
    }

    #[test]
    fn what_is_left_is_told_from_the_second_reading_on() {
        let mut machine = Machine::default();
        let reading = |idle, total| CpuTicks { idle, total, cores: 2 };
        assert_eq!(machine.available(reading(0, 0)), None);
        assert_eq!(machine.available(reading(1000, 4000)), Value::new(0.5));
        assert_eq!(machine.available(reading(1001, 4001)), Value::new(0.5), "too soon to tell anew");
    }

    #[test]
    fn this_machine_has_something() {
        let platform = Machine::default().platform(Path::new("/"));
        assert!(platform.cpu_cores.is_some_and(|cores| cores.get() >= 1.0));
        assert!(platform.memory_available < platform.memory_bytes);
        assert!(platform.disk_bytes.is_some());
    }
}

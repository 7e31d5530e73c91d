//! What `/proc` says of a process.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The parts of `/proc/PID/stat` that are used here; see proc_pid_stat(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// `R`, `S`, `D`, `Z` ...
    pub state: char,
    /// Process group.
    pub group: i32,
    /// Major page faults since it started, all threads.
    pub major_faults: u64,
    /// Time on a CPU since it started, all threads, user and system, in clock ticks.
    pub cpu_ticks: u64,
    /// Threads.
    pub threads: u32,
    /// When it started, in clock ticks since boot.
    pub start_ticks: u64,
    /// Resident pages.
    pub resident_pages: u64,
}

impl Stat {
    /// Reads it. `None`: there is no such process.
    pub fn read(pid: i32) -> io::Result<Option<Self>> {
        let path = format!("/proc/{pid}/stat");
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text)
                .map(Some)
                .ok_or_else(|| io::Error::other(format!("{path}: expected at least 24 fields, found {text:?}"))),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The name of the program is in brackets and may hold anything, brackets too: what counts begins after the last.
    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        // The manual counts from 1 and the state is its third field.
        let field = |number: usize| fields.get(number - 3).copied();
        let number = |index: usize| field(index)?.parse::<u64>().ok();
        Some(Self {
            state: field(3)?.chars().next()?,
            group: field(5)?.parse().ok()?,
            major_faults: number(12)?,
            cpu_ticks: number(14)? + number(15)?,
            threads: u32::try_from(number(20)?).ok()?,
            start_ticks: number(22)?,
            resident_pages: number(24)?,
        })
    }

    /// Ended, and not yet waited for.
    pub fn is_zombie(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

/// Whether the process went away while (or before) it was read.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error())
}

/// The pids of all processes that can be seen.
pub fn pids() -> io::Result<Vec<i32>> {
    let names = fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(names.filter_map(|name| name.parse().ok()).collect())
}

/// The value of a variable in the environment that a process was started with; `None` also if it can't be read.
pub fn variable(pid: i32, name: &str) -> Option<String> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let value = environment
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
    String::from_utf8(value.to_vec()).ok()
}

/// Where its standard output goes, if that is a file.
pub fn standard_output(pid: i32) -> Option<PathBuf> {
    fs::read_link(Path::new("/proc").join(pid.to_string()).join("fd/1")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_shift_the_fields() {
        let text = "7 (a ) b) S 1 5 6 0 -1 0 10 0 3 0 100 20 0 0 20 0 4 0 9000 8192 12 0 0\n";
        let stat = Stat::parse(text).unwrap();
        let expected = Stat {
            state: 'S',
            group: 5,
            major_faults: 3,
            cpu_ticks: 120,
            threads: 4,
            start_ticks: 9000,
            resident_pages: 12,
        };
        assert_eq!(stat, expected);
    }

    #[test]
    fn our_own_is_read() {
        let own = Stat::read(std::process::id().cast_signed()).unwrap().unwrap();
        assert!(own.resident_pages > 0 && own.threads > 0 && !own.is_zombie());
        assert!(pids().unwrap().contains(&std::process::id().cast_signed()));
    }

    #[test]
    fn nobody_is_none() {
        assert_eq!(Stat::read(i32::MAX).unwrap(), None);
        assert_eq!(variable(i32::MAX, "PATH"), None);
    }
}

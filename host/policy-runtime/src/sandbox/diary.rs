//! What a policy says while it runs. Nothing comes back from it, so it can't change a verdict.

use crate::settings::Limits;
use crate::text::tame;

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// For the author.
    Debug,
    /// For the operator.
    Info,
    /// Something is odd.
    Warn,
    /// Something is wrong.
    Error,
}

impl LogLevel {
    /// One word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One line of a policy's log. What it writes to standard output and error is at debug level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// Untrusted, without control characters but line ends.
    pub message: String,
}

/// The lines of one call: a bounded number of bounded lines; the rest is counted.
pub(super) struct Diary {
    lines: Vec<LogLine>,
    dropped: u64,
    /// What standard output and error hold since their last line end.
    unfinished: [Vec<u8>; 2],
    bytes_left: usize,
    lines_left: usize,
    line_bytes: usize,
}

/// Where a policy printed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Printed {
    Output,
    Error,
}

impl Diary {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            lines: Vec::new(),
            dropped: 0,
            unfinished: [Vec::new(), Vec::new()],
            bytes_left: limits.log_bytes,
            lines_left: limits.log_lines,
            line_bytes: limits.log_line_bytes,
        }
    }

    /// Notes a line.
    pub(super) fn write(&mut self, level: LogLevel, message: &str) {
        if self.lines_left == 0 || message.len().min(self.line_bytes) > self.bytes_left {
            self.dropped += 1;
            return;
        }
        let message = tame(message, self.line_bytes);
        self.lines_left -= 1;
        self.bytes_left -= message.len();
        self.lines.push(LogLine { level, message });
    }

    /// Takes printed bytes; each finished line is noted.
    pub(super) fn print(&mut self, to: Printed, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, ends) = piece.strip_suffix(b"\n").map_or((piece, false), |text| (text, true));
            let line = &mut self.unfinished[to as usize];
            let room = self.line_bytes.saturating_sub(line.len());
            line.extend_from_slice(&text[..text.len().min(room)]);
            if ends {
                self.finish(to);
            }
        }
    }

    /// All lines, and how many more there were.
    pub(super) fn close(mut self) -> (Vec<LogLine>, u64) {
        for to in [Printed::Output, Printed::Error] {
            if !self.unfinished[to as usize].is_empty() {
                self.finish(to);
            }
        }
        (self.lines, self.dropped)
    }

    fn finish(&mut self, to: Printed) {
        let line = std::mem::take(&mut self.unfinished[to as usize]);
        self.write(LogLevel::Debug, &String::from_utf8_lossy(&line));
    }
}

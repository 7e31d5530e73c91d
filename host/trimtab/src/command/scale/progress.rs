//! Progress, on standard error: one line that is written over on a terminal, a line for each change elsewhere.

use std::io::{IsTerminal as _, Write as _, stderr};

use ratatui::crossterm::terminal;

use super::course::Course;

/// Where progress is shown.
pub enum Progress {
    /// A terminal: the line is written over.
    Terminal,
    /// A file or a pipe: the last line that was written.
    Lines(String),
    /// Nowhere.
    Silent,
}

impl Progress {
    /// On standard error; with `json` only if somebody sits before it.
    pub fn open(json: bool) -> Self {
        match (stderr().is_terminal(), json) {
            (true, _) => Self::Terminal,
            (false, false) => Self::Lines(String::new()),
            (false, true) => Self::Silent,
        }
    }

    /// Shows how far it is.
    pub fn show(&mut self, course: &Course) {
        match self {
            Self::Terminal => {
                let line: String = course.progress(true).chars().take(width() - 1).collect();
                write(&format!("\r{line}\x1b[K"));
            }
            Self::Lines(last) => {
                let line = course.progress(false);
                if line != *last {
                    write(&format!("{line}\n"));
                    *last = line;
                }
            }
            Self::Silent => {}
        }
    }

    /// Tells of something that happened, on a line that stays.
    pub fn tell(&self, what: &str) {
        match self {
            Self::Terminal => write(&format!("\r\x1b[K{what}\n")),
            Self::Lines(_) => write(&format!("{what}\n")),
            Self::Silent => {}
        }
    }

    /// The place for the line is free again.
    pub fn close(&self) {
        if matches!(self, Self::Terminal) {
            write("\r\x1b[K");
        }
    }
}

/// Columns of the terminal; some don't say, or say 0.
fn width() -> usize {
    terminal::size().ok().map(|(columns, _)| usize::from(columns)).filter(|columns| *columns > 1).unwrap_or(80)
}

/// Nobody to show it to is no reason to stop waiting.
fn write(text: &str) {
    let mut out = stderr().lock();
    let _best_effort = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
